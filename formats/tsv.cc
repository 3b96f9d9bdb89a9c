// TSV: rows as table.h says. Cells escape tab, line end and backslash as \t, \n (\r) and \\.
// Tested by tests/formats/tsv_test.cc.
#include "formats/tsv.h"

#include "absl/strings/str_cat.h"
#include "formats/delimited.h"
#include "formats/format_factories.h"
#include "formats/table.h"

namespace reprise {
namespace {

class TsvReader : public TableReader {
 public:
  TsvReader(const ReadOptions& options, UnitSink* sink) : TableReader(options, sink) {}

 private:
  absl::Status Line(std::string_view line, uint64_t number, bool too_long) override {
    if (too_long) return Record({}, number, absl::StrCat("the line is longer than ", kMaxTokenBytes, " bytes"), "");
    if (line.empty()) return absl::OkStatus();
    SplitTabs(line, &cells_);
    return Record(cells_, number, "", line);
  }

  std::string Plain(std::string_view cell) const override { return UnescapeCell(cell); }

  Cells cells_;
};

class TsvWriter : public TableWriter {
 public:
  TsvWriter(const WriteOptions& options, ByteSink* sink) : TableWriter(options, sink) {}

 private:
  void Row(const Cells& cells, std::string* out) override {
    for (size_t i = 0; i < cells.size(); ++i) {
      if (i != 0) out->push_back('\t');
      EscapeCell(cells[i], out);
    }
    out->push_back('\n');
  }
};

}  // namespace

bool LooksLikeTsv(std::string_view first_line) {
  Cells cells;
  SplitTabs(first_line, &cells);
  return LooksLikeTable(cells);
}

std::unique_ptr<UnitReader> NewTsvReader(const ReadOptions& options, UnitSink* sink) {
  return std::make_unique<TsvReader>(options, sink);
}

std::unique_ptr<UnitWriter> NewTsvWriter(const WriteOptions& options, ByteSink* sink) {
  return std::make_unique<TsvWriter>(options, sink);
}

}  // namespace reprise
