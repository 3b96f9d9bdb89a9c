// TSV: one pair a line, columns named by a header row. Cells escape tab, line end and backslash as \t, \n (\r) and \\.
//
//   source_lang  target_lang  source  target  context  [document  key  prev  next]
//
// In `context` the text before the first `|` is the document, the rest the key; the columns `document` and `key` say
// the same apart and win. `prev` and `next` are the neighbours in the source language: empty = unknown, `<edge>` =
// none. A file without a header is read if its first line has the first five columns in this order. Codes are not
// written. Tested by tests/formats/tsv_test.cc.
#include <array>
#include <iterator>
#include <map>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "formats/delimited.h"
#include "formats/format_factories.h"
#include "formats/tsv.h"
#include "text/locale.h"
#include "text/normalize.h"

namespace reprise {
namespace {

enum Column : size_t {
  kSourceLang,
  kTargetLang,
  kSource,
  kTarget,
  kContext,
  kDocument,
  kKey,
  kPrevious,
  kNext,
  kColumns,
};
constexpr std::array<std::string_view, kColumns> kNames = {"source_lang", "target_lang", "source", "target", "context",
                                                           "document",    "key",         "prev",   "next"};
constexpr std::string_view kEdge = "<edge>";
constexpr size_t kHeaderlessColumns = 5;
constexpr size_t kMaxCachedLocales = 1024;
constexpr size_t kAbsent = SIZE_MAX;

using Layout = std::array<size_t, kColumns>;  // column -> cell, kAbsent if the file lacks it

// Where the header's cells put the columns. False if `source` or `target` is missing.
bool ReadLayout(const std::vector<std::string_view>& cells, Layout* layout) {
  layout->fill(kAbsent);
  for (size_t i = 0; i < cells.size(); ++i) {
    const std::string name =
        absl::AsciiStrToLower(absl::StripAsciiWhitespace(absl::string_view(cells[i].data(), cells[i].size())));
    for (size_t column = 0; column < kColumns; ++column) {
      if (name == kNames[column] && (*layout)[column] == kAbsent) (*layout)[column] = i;
    }
  }
  return (*layout)[kSource] != kAbsent && (*layout)[kTarget] != kAbsent;
}

bool IsHeaderless(const std::vector<std::string_view>& cells) {
  return cells.size() == kHeaderlessColumns && CanonicalLocale(cells[kSourceLang]).ok() &&
         CanonicalLocale(cells[kTargetLang]).ok();
}

class TsvReader : public UnitReader {
 public:
  TsvReader(const ReadOptions& options, UnitSink* sink) : options_(options), sink_(sink) {}

  absl::Status Feed(std::string_view bytes) override {
    if (status_.ok())
      status_ = lines_.Feed(bytes, [this](std::string_view line, uint64_t number, bool too_long) {
        return Line(line, number, too_long);
      });
    return status_;
  }

  absl::Status Finish() override {
    RETURN_IF_ERROR(status_);
    RETURN_IF_ERROR(lines_.Finish(
        [this](std::string_view line, uint64_t number, bool too_long) { return Line(line, number, too_long); }));
    if (!have_layout_) return InvalidArgument("the file is empty: a header row with source and target is missing");
    return absl::OkStatus();
  }

 private:
  absl::Status Line(std::string_view line, uint64_t number, bool too_long) {
    if (too_long) {
      const std::string reason = absl::StrCat("the line is longer than ", kMaxTokenBytes, " bytes");
      if (!have_layout_) return InvalidArgument(absl::StrCat("line ", number, ": ", reason));
      return sink_->OnRefusal({number, "", reason});
    }
    if (line.empty()) return absl::OkStatus();
    SplitTabs(line, &cells_);
    if (!have_layout_) {
      bool header = true;
      RETURN_IF_ERROR(FirstLine(number, &header));
      if (header) return absl::OkStatus();
    }
    Unit unit;
    const absl::Status status = Row(line, &unit);
    if (status.ok()) return sink_->OnUnit(std::move(unit), number);
    return sink_->OnRefusal({number, Name(), MessageOf(status)});
  }

  absl::Status FirstLine(uint64_t number, bool* header) {
    const bool named = ReadLayout(cells_, &layout_);
    width_ = cells_.size();
    have_layout_ = true;
    if (!named) {
      if (!IsHeaderless(cells_)) {
        have_layout_ = false;
        return HeaderError(number, "the header row names no columns source and target");
      }
      layout_.fill(kAbsent);
      for (size_t column = 0; column < kHeaderlessColumns; ++column) layout_[column] = column;
      *header = false;
    }
    for (const auto& [column, option] :
         {std::pair(kSourceLang, &options_.source_locale), std::pair(kTargetLang, &options_.target_locale)}) {
      if (layout_[column] == kAbsent && option->empty()) {
        return HeaderError(number, absl::StrCat("the header row has no column ", std::string(kNames[column]),
                                                " and no such language was given with the file"));
      }
    }
    return absl::OkStatus();
  }

  absl::Status HeaderError(uint64_t number, std::string_view problem) const {
    std::string found;
    for (const std::string_view cell : cells_) {
      if (found.size() > 300) break;
      absl::StrAppend(&found, found.empty() ? "" : ", ",
                      ValidateUtf8(cell).ok() ? std::string(cell.substr(0, 40)) : std::string("(not UTF-8)"));
    }
    // A cut within a character would make the message bad UTF-8.
    if (!ValidateUtf8(found).ok()) found = absl::StrCat(cells_.size(), " columns");
    return InvalidArgument(absl::StrCat("line ", number, ": ", std::string(problem), "; it has: ", found,
                                        "; needed: source, target, and source_lang, target_lang unless given with the "
                                        "file; optional: context, document, key, prev, next"));
  }

  std::string_view Cell(size_t column) const {
    const size_t at = layout_[column];
    return at < cells_.size() ? cells_[at] : std::string_view();
  }

  // The row's own name for a refusal: its key or context.
  std::string Name() const {
    const std::string_view key = Cell(kKey).empty() ? Cell(kContext) : Cell(kKey);
    return ValidateUtf8(key).ok() && key.size() <= 256 ? UnescapeCell(key) : std::string();
  }

  absl::Status Locale(size_t column, const std::string& option, std::string* locale) {
    const std::string_view tag = Cell(column).empty() ? std::string_view(option) : Cell(column);
    if (tag.empty()) return InvalidArgument(absl::StrCat(std::string(kNames[column]), " is empty; give a language"));
    if (const auto it = locales_.find(tag); it != locales_.end()) {
      *locale = it->second;
      return absl::OkStatus();
    }
    absl::StatusOr<std::string> canonical = CanonicalLocale(tag);
    if (!canonical.ok()) {
      return InvalidArgument(absl::StrCat(std::string(kNames[column]), ": ", MessageOf(canonical.status())));
    }
    *locale = *canonical;
    if (locales_.size() >= kMaxCachedLocales) locales_.clear();
    locales_.emplace(std::string(tag), std::move(canonical).value());
    return absl::OkStatus();
  }

  absl::Status Row(std::string_view line, Unit* unit) {
    if (cells_.size() != width_) {
      return InvalidArgument(absl::StrCat("has ", cells_.size(), " columns where ", width_, " are expected"));
    }
    const absl::Status utf8 = ValidateUtf8(line);
    if (!utf8.ok()) return InvalidArgument(absl::StrCat("is not UTF-8: ", MessageOf(utf8)));
    unit->variants.resize(2);
    Variant& source = unit->variants[0];
    Variant& target = unit->variants[1];
    RETURN_IF_ERROR(Locale(kSourceLang, options_.source_locale, &source.locale));
    RETURN_IF_ERROR(Locale(kTargetLang, options_.target_locale, &target.locale));
    if (source.locale == target.locale) {
      return InvalidArgument(absl::StrCat("source and target have the same language ", source.locale));
    }
    unit->source_locale = source.locale;
    source.content.text = UnescapeCell(Cell(kSource));
    target.content.text = UnescapeCell(Cell(kTarget));
    if (IsBlank(source.content.text)) return InvalidArgument("source is empty; give both texts or leave the row out");
    if (IsBlank(target.content.text)) return InvalidArgument("target is empty; give both texts or leave the row out");
    RowContext(unit);
    return absl::OkStatus();
  }

  void RowContext(Unit* unit) const {
    Context context;
    const std::string_view both = Cell(kContext);
    const size_t bar = both.find('|');
    context.document = UnescapeCell(both.substr(0, bar));
    if (bar != std::string_view::npos) context.key = UnescapeCell(both.substr(bar + 1));
    if (!Cell(kDocument).empty()) context.document = UnescapeCell(Cell(kDocument));
    if (!Cell(kKey).empty()) context.key = UnescapeCell(Cell(kKey));
    for (const auto& [column, side] : {std::pair(kPrevious, &context.previous), std::pair(kNext, &context.next)}) {
      const std::string_view cell = Cell(column);
      if (cell.empty()) continue;
      Neighbour& neighbour = (*side)[unit->source_locale];
      if (cell == kEdge) {
        neighbour.state = Neighbour::State::kEdge;
      } else {
        neighbour = {Neighbour::State::kText, UnescapeCell(cell)};
      }
    }
    if (context != Context()) unit->contexts.push_back(std::move(context));
  }

  const ReadOptions options_;
  UnitSink* const sink_;
  LineSplitter lines_;
  absl::Status status_;
  bool have_layout_ = false;
  size_t width_ = 0;
  Layout layout_;
  std::vector<std::string_view> cells_;
  std::map<std::string, std::string, std::less<>> locales_;
};

// One row for each pair of the two locales and each context.
class TsvWriter : public UnitWriter {
 public:
  TsvWriter(const WriteOptions& options, ByteSink* sink) : options_(options), sink_(sink) {}

  absl::Status Write(const Unit& unit) override {
    out_.clear();
    Begin();
    const size_t before = out_.size();
    for (const Variant& source : unit.variants) {
      if (source.locale != options_.source_locale || IsBlank(source.content.text)) continue;
      for (const Variant& target : unit.variants) {
        if (target.locale != options_.target_locale || IsBlank(target.content.text)) continue;
        if (unit.contexts.empty()) Row(source, target, Context());
        for (const Context& context : unit.contexts) Row(source, target, context);
      }
    }
    if (out_.size() == before) ++skipped_;
    return out_.empty() ? absl::OkStatus() : sink_->Write(out_);
  }

  absl::Status Finish() override {
    out_.clear();
    Begin();
    return out_.empty() ? absl::OkStatus() : sink_->Write(out_);
  }

  uint64_t skipped() const override { return skipped_; }

 private:
  void Begin() {
    if (!begun_) out_ += "source_lang\ttarget_lang\tsource\ttarget\tdocument\tkey\tprev\tnext\n";
    begun_ = true;
  }

  void Row(const Variant& source, const Variant& target, const Context& context) {
    EscapeCell(source.locale, &out_);
    Next(target.locale);
    Next(source.content.text);
    Next(target.content.text);
    Next(context.document);
    Next(context.key);
    Side(context.previous);
    Side(context.next);
    out_.push_back('\n');
  }

  void Next(std::string_view cell) {
    out_.push_back('\t');
    EscapeCell(cell, &out_);
  }

  void Side(const std::map<std::string, Neighbour>& side) {
    const auto it = side.find(options_.source_locale);
    const bool known = it != side.end() && it->second.state != Neighbour::State::kUnknown;
    Next(!known ? std::string_view() : it->second.state == Neighbour::State::kEdge ? kEdge : it->second.text);
  }

  const WriteOptions options_;
  ByteSink* const sink_;
  std::string out_;
  bool begun_ = false;
  uint64_t skipped_ = 0;
};

}  // namespace

bool LooksLikeTsv(std::string_view first_line) {
  std::vector<std::string_view> cells;
  SplitTabs(first_line, &cells);
  Layout layout;
  return cells.size() > 1 && (ReadLayout(cells, &layout) || IsHeaderless(cells));
}

std::unique_ptr<UnitReader> NewTsvReader(const ReadOptions& options, UnitSink* sink) {
  return std::make_unique<TsvReader>(options, sink);
}

std::unique_ptr<UnitWriter> NewTsvWriter(const WriteOptions& options, ByteSink* sink) {
  return std::make_unique<TsvWriter>(options, sink);
}

}  // namespace reprise
