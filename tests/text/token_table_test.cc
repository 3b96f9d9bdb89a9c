// Runs the table of docs/tokens.md: its rows are what the key form and the tokens are.
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "text/normalize.h"
#include "text/tokenize.h"
#include "text/utf8.h"

namespace reprise {
namespace {

struct Row {
  int line = 0;
  std::string text;
  std::string key;
  std::string tokens;
};

// \u{AD} is a code point, \s a space, \\ a backslash.
std::string Unescape(const std::string& cell) {
  std::string out;
  for (size_t i = 0; i < cell.size(); ++i) {
    if (cell[i] != '\\') {
      out += cell[i];
      continue;
    }
    ++i;
    if (cell[i] == 'u') {
      const size_t close = cell.find('}', i);
      AppendCodePoint(static_cast<char32_t>(std::stoul(cell.substr(i + 2, close - i - 2), nullptr, 16)), &out);
      i = close;
    } else {
      out += cell[i] == 's' ? ' ' : '\\';
    }
  }
  return out;
}

// The cells of "| `a` | `b` | `c` |", without their backquotes; empty for any other line.
std::vector<std::string> Cells(const std::string& line) {
  std::vector<std::string> cells;
  if (line.compare(0, 3, "| `") != 0) return cells;
  for (size_t at = line.find('`'); at != std::string::npos; at = line.find('`', at)) {
    const size_t close = line.find('`', at + 1);
    if (close == std::string::npos) break;
    cells.push_back(line.substr(at + 1, close - at - 1));
    at = close + 1;
  }
  return cells;
}

std::vector<Row> ReadTable() {
  std::ifstream file(REPRISE_SOURCE_DIR "/docs/tokens.md");
  std::vector<Row> rows;
  std::string line;
  bool inside = false;
  for (int number = 1; std::getline(file, line); ++number) {
    if (line.compare(0, 3, "## ") == 0) inside = line == "## Tokens and key form";
    const std::vector<std::string> cells = Cells(line);
    if (!inside || cells.empty()) continue;
    EXPECT_EQ(cells.size(), 3u) << "docs/tokens.md:" << number;
    if (cells.size() == 3) rows.push_back({number, cells[0], cells[1], cells[2]});
  }
  return rows;
}

std::string Show(const std::vector<Token>& tokens) {
  std::string shown;
  for (const Token& token : tokens) {
    if (!shown.empty()) shown += ' ';
    shown += " wpnumvic"[static_cast<int>(token.cls)];
    shown += ':';
    for (char c : token.key) {
      shown += c == ' ' ? "\\s" : c == '\\' ? "\\\\" : std::string(1, c);
    }
  }
  return shown;
}

TEST(TokenTable, EachRowHolds) {
  const std::vector<Row> rows = ReadTable();
  ASSERT_GE(rows.size(), 60u);
  for (const Row& row : rows) {
    const std::string text = Unescape(row.text);
    EXPECT_EQ(KeyForm(text), Unescape(row.key)) << "docs/tokens.md:" << row.line;
    EXPECT_EQ(Show(Tokenize({.text = text, .codes = {}})), row.tokens)
        << "docs/tokens.md:" << row.line << " " << row.text;
  }
}

}  // namespace
}  // namespace reprise
