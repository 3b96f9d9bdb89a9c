// CSV (RFC 4180): rows as table.h says, between commas, or semicolons if the header row has those. A cell in quotes may
// hold separators, line ends and, doubled, quotes. Tested by tests/formats/csv_test.cc.
#include "formats/csv.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "formats/delimited.h"
#include "formats/format_factories.h"
#include "formats/table.h"

namespace reprise {
namespace {

// Records out of bytes. A quote that nothing closes would swallow the rest of the file: after kMaxTokenBytes the record
// is given up, and reading goes on after its first line.
class CsvReader : public TableReader {
 public:
  CsvReader(const ReadOptions& options, UnitSink* sink) : TableReader(options, sink) {}

 private:
  absl::Status End() override {
    if (!held_.empty()) {
      const uint64_t line = held_line_;
      RETURN_IF_ERROR(GiveUp("a quote is not closed before the end of the file"));
      return InvalidArgument(absl::StrCat("line ", line,
                                          ": the file is cut off, or a quote is not closed, in the row that "
                                          "begins there"));
    }
    return TableReader::End();
  }

  absl::Status Line(std::string_view line, uint64_t number, bool too_long) override {
    if (too_long) {
      if (!held_.empty()) RETURN_IF_ERROR(GiveUp("the row is longer than what is read"));
      return Record({}, number, absl::StrCat("the line is longer than ", kMaxTokenBytes, " bytes"), "");
    }
    if (held_.empty()) {
      if (line.empty()) return absl::OkStatus();
      held_line_ = number;
      if (separator_ == '\0') separator_ = LooksLikeTable(Split(line, ';').cells) ? ';' : ',';
    } else {
      held_.append(held_end_);
      if (held_.size() + line.size() > kMaxTokenBytes) {
        RETURN_IF_ERROR(GiveUp(absl::StrCat("a quote is not closed within ", kMaxTokenBytes, " bytes")));
        return Line(line, number, too_long);
      }
    }
    held_.append(line);
    held_end_ = line_end();
    quotes_ += static_cast<uint64_t>(std::count(line.begin(), line.end(), '"'));
    if (quotes_ % 2 != 0) return absl::OkStatus();  // a quoted cell goes on in the next line
    return Emit();
  }

  absl::Status Emit() {
    const std::string row = std::exchange(held_, std::string());
    quotes_ = 0;
    const Row row_cells = Split(row, separator_);
    return Record(row_cells.cells, held_line_, row_cells.problem, row);
  }

  // The row that a lost quote has made of many: its first line is refused, the others are read for themselves.
  absl::Status GiveUp(std::string_view problem) {
    const std::string rows = std::exchange(held_, std::string());
    const uint64_t first = held_line_;
    quotes_ = 0;
    std::string_view row = std::string_view(rows).substr(0, rows.find('\n'));
    if (!row.empty() && row.back() == '\r') row.remove_suffix(1);
    RETURN_IF_ERROR(Record({}, first, problem, row));
    if (giving_up_) return absl::OkStatus();
    giving_up_ = true;
    uint64_t number = first;
    absl::Status status;
    for (size_t at = rows.find('\n'); at != std::string::npos && status.ok();) {
      const size_t end = std::min(rows.find('\n', at + 1), rows.size());
      status = OneLine(std::string_view(rows).substr(at + 1, end - at - 1), ++number);
      at = end == rows.size() ? std::string::npos : end;
    }
    giving_up_ = false;
    return status;
  }

  // A line that must be a whole row.
  absl::Status OneLine(std::string_view line, uint64_t number) {
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (line.empty()) return absl::OkStatus();
    const Row row = Split(line, separator_);
    return Record(row.cells, number, row.problem, line);
  }

  struct Row {
    Cells cells;  // as written, quotes included
    std::string_view problem;
  };

  static Row Split(std::string_view row, char separator) {
    Row out;
    for (size_t at = 0; at <= row.size();) {
      size_t end = at;
      if (end < row.size() && row[end] == '"') {
        for (++end; end < row.size(); ++end) {
          if (row[end] != '"') continue;
          if (end + 1 >= row.size() || row[end + 1] != '"') break;
          ++end;
        }
        if (end >= row.size()) {
          out.problem = "a quote is not closed";
          return out;
        }
        ++end;
        if (end < row.size() && row[end] != separator) {
          out.problem = "something follows a cell's closing quote; double the quotes inside a cell";
          return out;
        }
      } else {
        end = std::min(row.find(separator, at), row.size());
        if (row.substr(at, end - at).find('"') != std::string_view::npos) {
          out.problem = "a quote stands in a cell that does not begin with one; quote the cell and double the quote";
          return out;
        }
      }
      out.cells.push_back(row.substr(at, end - at));
      at = end + 1;
    }
    return out;
  }

  std::string Plain(std::string_view cell) const override {
    if (cell.empty() || cell.front() != '"') return std::string(cell);
    std::string text;
    for (size_t i = 1; i + 1 < cell.size(); ++i) {
      text.push_back(cell[i]);
      if (cell[i] == '"') ++i;
    }
    return text;
  }

  friend bool LooksLikeCsvRow(std::string_view line);

  char separator_ = '\0';      // unknown yet
  std::string held_;           // the row so far
  std::string_view held_end_;  // of its last line
  uint64_t held_line_ = 0;
  uint64_t quotes_ = 0;  // in it
  bool giving_up_ = false;
};

bool LooksLikeCsvRow(std::string_view line) {
  return LooksLikeTable(CsvReader::Split(line, ',').cells) || LooksLikeTable(CsvReader::Split(line, ';').cells);
}

class CsvWriter : public TableWriter {
 public:
  CsvWriter(const WriteOptions& options, ByteSink* sink) : TableWriter(options, sink) {}

 private:
  void Row(const Cells& cells, std::string* out) override {
    for (size_t i = 0; i < cells.size(); ++i) {
      if (i != 0) out->push_back(',');
      if (cells[i].find_first_of(",;\"\r\n") == std::string_view::npos) {
        out->append(cells[i]);
        continue;
      }
      out->push_back('"');
      for (const char c : cells[i]) {
        if (c == '"') out->push_back('"');
        out->push_back(c);
      }
      out->push_back('"');
    }
    out->append("\r\n");
  }
};

}  // namespace

bool LooksLikeCsv(std::string_view first_line) { return LooksLikeCsvRow(first_line); }

std::unique_ptr<UnitReader> NewCsvReader(const ReadOptions& options, UnitSink* sink) {
  return std::make_unique<CsvReader>(options, sink);
}

std::unique_ptr<UnitWriter> NewCsvWriter(const WriteOptions& options, ByteSink* sink) {
  return std::make_unique<CsvWriter>(options, sink);
}

}  // namespace reprise
