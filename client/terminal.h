// What a person sees: text made safe for a terminal, colours only where they are wanted, a progress line.
//
//   Terminal out = Terminal::Standard(stdout);
//   std::puts(out.Paint(Style::kRemoved, Printable(match.source())).c_str());
//
// Stored text is other people's text: it reaches a terminal only through Printable().
#ifndef REPRISE_CLIENT_TERMINAL_H_
#define REPRISE_CLIENT_TERMINAL_H_

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace reprise::client {

// `text` on one line without anything a terminal would obey: control characters (C0, DEL, C1), line and paragraph
// separators and the bidi embeddings, overrides and isolates are written as escapes ("\n", "\t", "\u{1b}"), bytes that
// are not UTF-8 as U+FFFD. A backslash stays itself: the result is for reading, not for parsing.
std::string Printable(std::string_view text);

// The same, but line ends and tabs stay: for messages of our own that quote stored text.
std::string PrintableLines(std::string_view text);

enum class Style { kBold, kDim, kRemoved, kAdded, kGuessed, kError };

// A stream and whether it takes colours. Immutable, safe to use from several threads.
class Terminal {
 public:
  Terminal(bool tty, bool colour) : tty_(tty), colour_(colour) {}
  // Colours on a terminal, unless NO_COLOR is set to anything but "" or TERM is "dumb".
  static Terminal Standard(std::FILE* stream);

  bool tty() const { return tty_; }
  bool colour() const { return colour_; }
  // `text` in the style, or as it is without colours.
  std::string Paint(Style style, std::string_view text) const;

 private:
  bool tty_;
  bool colour_;
};

// Where long work stands.
struct Progress {
  std::string name;    // of the file
  uint64_t read = 0;   // bytes that the server has read
  uint64_t size = 0;   // bytes; 0 = unknown
  uint64_t units = 0;  // read so far
  uint64_t refused = 0;
  double seconds = 0;
};

// "news.tmx  [=====     ] 50%  1,200 units  800 units/s  3 refused"; the bar is left out if the size is unknown.
std::string ProgressText(const Progress& progress);

// "1234567" -> "1,234,567".
std::string Thousands(uint64_t number);
// "1 unit", "1,234 units".
std::string Counted(uint64_t number, const char* one, const char* many);

// A line on stderr that is written over, at most ten times a second; nothing at all where stderr is no terminal.
// Not thread-safe.
class ProgressLine {
 public:
  explicit ProgressLine(bool enabled) : enabled_(enabled) {}
  ~ProgressLine() { Clear(); }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void Show(const Progress& progress);
  // Wipes the line, so that other output can follow.
  void Clear();

 private:
  bool enabled_;
  bool shown_ = false;
  std::chrono::steady_clock::time_point last_;
};

}  // namespace reprise::client

#endif  // REPRISE_CLIENT_TERMINAL_H_
