#include "client/terminal.h"

#include <gtest/gtest.h>

namespace reprise::client {
namespace {

TEST(TerminalTest, NoControlCharacterSurvives) {
  std::string hostile;
  for (int c = 0; c < 0x20; ++c) hostile.push_back(static_cast<char>(c));
  hostile += "\x7f\xC2\x80\xC2\x9B\xC2\x9F";
  for (const char c : Printable(hostile)) {
    EXPECT_GE(static_cast<unsigned char>(c), 0x20);
    EXPECT_LT(static_cast<unsigned char>(c), 0x7F);
  }
}

TEST(TerminalTest, EscapesAreReadable) {
  EXPECT_EQ(Printable("\033]0;owned\007"), "\\u{1b}]0;owned\\u{7}");
  EXPECT_EQ(Printable("a\r\n\tb"), "a\\r\\n\\tb");
  EXPECT_EQ(Printable("\xC2\x9B"
                      "31m"),
            "\\u{9b}31m");
  EXPECT_EQ(Printable("\xE2\x80\xAE"
                      "txt.exe"),
            "\\u{202e}txt.exe");
  EXPECT_EQ(Printable("\xFF"), "\xEF\xBF\xBD");
}

TEST(TerminalTest, TextStays) {
  EXPECT_EQ(Printable("Grüße, \"C:\\temp\" 早上好 שלום\xE2\x80\x8F"), "Grüße, \"C:\\temp\" 早上好 שלום\xE2\x80\x8F");
  EXPECT_EQ(PrintableLines("a\n\tb\033"), "a\n\tb\\u{1b}");
}

TEST(TerminalTest, ColoursOnlyWhereWanted) {
  EXPECT_EQ(Terminal(true, false).Paint(Style::kAdded, "x"), "x");
  EXPECT_EQ(Terminal(true, true).Paint(Style::kAdded, "x"), "\033[32mx\033[0m");
}

TEST(TerminalTest, PipeIsNoTerminal) {
  std::FILE* file = std::tmpfile();
  ASSERT_NE(file, nullptr);
  EXPECT_FALSE(Terminal::Standard(file).tty());
  EXPECT_FALSE(Terminal::Standard(file).colour());
  std::fclose(file);
}

TEST(TerminalTest, ProgressNamesRateAndRefusals) {
  Progress progress{"a\033.tmx", 50, 100, 12000, 3, 2.0};
  EXPECT_EQ(ProgressText(progress),
            "a\\u{1b}.tmx  [============            ] 50%  12,000 units  6,000 units/s  3 refused");
  progress.size = 0;
  progress.refused = 0;
  EXPECT_EQ(ProgressText(progress), "a\\u{1b}.tmx  12,000 units  6,000 units/s");
}

TEST(TerminalTest, Counted) {
  EXPECT_EQ(Counted(0, "unit", "units"), "0 units");
  EXPECT_EQ(Counted(1, "unit", "units"), "1 unit");
  EXPECT_EQ(Counted(1234, "unit", "units"), "1,234 units");
}

TEST(TerminalTest, Thousands) {
  EXPECT_EQ(Thousands(0), "0");
  EXPECT_EQ(Thousands(999), "999");
  EXPECT_EQ(Thousands(1000), "1,000");
  EXPECT_EQ(Thousands(1234567), "1,234,567");
}

}  // namespace
}  // namespace reprise::client
