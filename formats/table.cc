#include "formats/table.h"

#include <iterator>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "formats/delimited.h"
#include "text/locale_map.h"
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
  kUnit,
};
constexpr std::string_view kNames[] = {"source_lang", "target_lang", "source", "target", "context",
                                       "document",    "key",         "prev",   "next",   "unit"};
constexpr std::string_view kEdge = "<edge>";
constexpr size_t kHeaderlessColumns = 5;
constexpr size_t kMaxCachedLocales = 1024;
constexpr size_t kAbsent = SIZE_MAX;

using Layout = std::array<size_t, std::size(kNames)>;  // column -> cell, kAbsent if the file lacks it

// A cell of a header row or a language, whose quotes say nothing.
std::string_view Unquoted(std::string_view cell) {
  return cell.size() >= 2 && cell.front() == '"' && cell.back() == '"' ? cell.substr(1, cell.size() - 2) : cell;
}

// Where the header's cells put the columns. False if `source` or `target` is missing.
bool ReadLayout(const std::vector<std::string_view>& cells, Layout* layout) {
  layout->fill(kAbsent);
  for (size_t i = 0; i < cells.size(); ++i) {
    const std::string name = absl::AsciiStrToLower(
        absl::StripAsciiWhitespace(absl::string_view(Unquoted(cells[i]).data(), Unquoted(cells[i]).size())));
    for (size_t column = 0; column < std::size(kNames); ++column) {
      if (name == kNames[column] && (*layout)[column] == kAbsent) (*layout)[column] = i;
    }
  }
  return (*layout)[kSource] != kAbsent && (*layout)[kTarget] != kAbsent;
}

bool IsHeaderless(const std::vector<std::string_view>& cells, const LocaleMap& map) {
  return cells.size() == kHeaderlessColumns && map.Canonical(Unquoted(cells[kSourceLang])).ok() &&
         map.Canonical(Unquoted(cells[kTargetLang])).ok();
}

}  // namespace

bool LooksLikeTable(const Cells& cells) {
  Layout layout;
  return cells.size() > 1 && (ReadLayout(cells, &layout) || IsHeaderless(cells, LocaleMap()));
}

std::shared_ptr<const RawUnit> TableReader::Raw(std::string_view row) const {
  return options_.keep_raw && !row.empty()
             ? std::make_shared<const RawUnit>(RawUnit{absl::StrCat(std::string(row), "\n"), frame_})
             : nullptr;
}

absl::Status TableReader::Record(const Cells& cells, uint64_t number, std::string_view problem, std::string_view row) {
  if (!problem.empty()) {
    if (!have_layout_) return InvalidArgument(absl::StrCat("line ", number, ": ", std::string(problem)));
    RETURN_IF_ERROR(Flush());
    return sink_->OnRefusal({number, "", std::string(problem), Raw(row)});
  }
  cells_ = cells;
  if (!have_layout_) {
    bool header = true;
    RETURN_IF_ERROR(FirstRow(number, &header));
    if (header) {
      UnitFrame frame;
      frame.head = absl::StrCat(std::string(row), "\n");
      frame_ = std::make_shared<const UnitFrame>(std::move(frame));
      return absl::OkStatus();
    }
  }
  Unit unit;
  const absl::Status status = Row(&unit);
  if (status.ok() && Joins(unit, row)) return absl::OkStatus();
  RETURN_IF_ERROR(Flush());
  if (!status.ok()) return sink_->OnRefusal({number, Name(), MessageOf(status), Raw(row)});
  const std::string_view name = Cell(kUnit);
  if (name.empty()) return GiveUnit(std::move(unit), number, Raw(row));
  waiting_ = {std::string(name), std::move(unit), number, nullptr};
  if (const auto raw = Raw(row); raw != nullptr) waiting_.raw = std::make_shared<RawUnit>(*raw);
  return absl::OkStatus();
}

absl::Status TableReader::GiveUnit(Unit unit, uint64_t number, const std::shared_ptr<const RawUnit>& raw) {
  if (options_.keep_raw) sink_->OnRaw(raw);
  return sink_->OnUnit(std::move(unit), number);
}

absl::Status TableReader::Flush() {
  if (waiting_.name.empty()) return absl::OkStatus();
  Waiting waiting = std::exchange(waiting_, Waiting());
  std::vector<Context>& contexts = waiting.unit.contexts;
  if (contexts.size() == 1 && contexts[0] == Context()) contexts.clear();
  return GiveUnit(std::move(waiting.unit), waiting.number, std::move(waiting.raw));
}

bool TableReader::Joins(const Unit& unit, std::string_view row) {
  // What a unit holds of contexts and a token of bytes bounds what waits.
  const size_t bytes = waiting_.raw == nullptr ? 0 : waiting_.raw->bytes.size() + row.size();
  if (waiting_.name.empty() || waiting_.name != Cell(kUnit) || waiting_.unit.variants != unit.variants ||
      waiting_.unit.contexts.size() >= kMaxContexts || bytes > kMaxTokenBytes) {
    return false;
  }
  waiting_.unit.contexts.push_back(unit.contexts[0]);
  if (waiting_.raw != nullptr) absl::StrAppend(&waiting_.raw->bytes, std::string(row), "\n");
  return true;
}

absl::Status TableReader::End() {
  RETURN_IF_ERROR(Flush());
  if (!have_layout_) return InvalidArgument("the file is empty: a header row with source and target is missing");
  return absl::OkStatus();
}

absl::Status TableReader::FirstRow(uint64_t number, bool* header) {
  const bool named = ReadLayout(cells_, &layout_);
  width_ = cells_.size();
  have_layout_ = true;
  if (!named) {
    if (!IsHeaderless(cells_, options_.locale_map)) {
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

absl::Status TableReader::HeaderError(uint64_t number, std::string_view problem) const {
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
                                      "file; optional: context, document, key, prev, next, unit"));
}

std::string_view TableReader::Cell(size_t column) const {
  const size_t at = layout_[column];
  return at < cells_.size() ? cells_[at] : std::string_view();
}

std::string TableReader::Name() const {
  const std::string_view key = Cell(kKey).empty() ? Cell(kContext) : Cell(kKey);
  return ValidateUtf8(key).ok() && key.size() <= 256 ? Plain(key) : std::string();
}

absl::Status TableReader::Locale(size_t column, const std::string& option, std::string* locale) {
  const std::string_view cell = Unquoted(Cell(column));
  if (cell.empty()) {
    if (option.empty()) return InvalidArgument(absl::StrCat(std::string(kNames[column]), " is empty; give a language"));
    *locale = option;
    return absl::OkStatus();
  }
  if (const auto it = locales_.find(cell); it != locales_.end()) {
    *locale = it->second;
    return absl::OkStatus();
  }
  absl::StatusOr<std::string> canonical = options_.locale_map.Canonical(cell);
  if (!canonical.ok()) {
    return InvalidArgument(absl::StrCat(std::string(kNames[column]), ": ", MessageOf(canonical.status())));
  }
  *locale = *canonical;
  if (locales_.size() >= kMaxCachedLocales) locales_.clear();
  locales_.emplace(std::string(cell), std::move(canonical).value());
  return absl::OkStatus();
}

absl::Status TableReader::Row(Unit* unit) {
  if (cells_.size() != width_) {
    return InvalidArgument(absl::StrCat("has ", cells_.size(), " columns where ", width_, " are expected"));
  }
  for (const std::string_view cell : cells_) {
    const absl::Status utf8 = ValidateUtf8(cell);
    if (!utf8.ok()) return InvalidArgument(absl::StrCat("is not UTF-8: ", MessageOf(utf8)));
  }
  unit->variants.resize(2);
  Variant& source = unit->variants[0];
  Variant& target = unit->variants[1];
  RETURN_IF_ERROR(Locale(kSourceLang, options_.source_locale, &source.locale));
  RETURN_IF_ERROR(Locale(kTargetLang, options_.target_locale, &target.locale));
  if (source.locale == target.locale) {
    return InvalidArgument(absl::StrCat("source and target have the same language ", source.locale));
  }
  unit->source_locale = source.locale;
  source.content.text = Plain(Cell(kSource));
  target.content.text = Plain(Cell(kTarget));
  if (IsBlank(source.content.text)) return InvalidArgument("source is empty; give both texts or leave the row out");
  if (IsBlank(target.content.text)) return InvalidArgument("target is empty; give both texts or leave the row out");
  RowContext(unit);
  return absl::OkStatus();
}

void TableReader::RowContext(Unit* unit) const {
  Context context;
  const std::string both = Plain(Cell(kContext));
  const size_t bar = both.find('|');
  context.document = both.substr(0, bar);
  if (bar != std::string::npos) context.key = both.substr(bar + 1);
  if (!Cell(kDocument).empty()) context.document = Plain(Cell(kDocument));
  if (!Cell(kKey).empty()) context.key = Plain(Cell(kKey));
  for (const auto& [column, side] : {std::pair(kPrevious, &context.previous), std::pair(kNext, &context.next)}) {
    std::string text = Plain(Cell(column));
    if (text.empty()) continue;
    Neighbour& neighbour = (*side)[unit->source_locale];
    if (text == kEdge) {
      neighbour.state = Neighbour::State::kEdge;
    } else {
      neighbour = {Neighbour::State::kText, std::move(text)};
    }
  }
  // Of several rows one may have no context: it is one of the unit's all the same.
  if (context != Context() || !Cell(kUnit).empty()) unit->contexts.push_back(std::move(context));
}

absl::Status TableWriter::Write(const Unit& unit) {
  out_.clear();
  Begin();
  const size_t before = out_.size();
  for (const Variant& source : unit.variants) {
    if (source.locale != options_.source_locale || IsBlank(source.content.text)) continue;
    for (const Variant& target : unit.variants) {
      if (target.locale != options_.target_locale || IsBlank(target.content.text)) continue;
      if (unit.contexts.empty()) Pair(source, target, Context(), "");
      const std::string name = unit.contexts.size() > 1 ? absl::StrCat(++named_) : "";
      for (const Context& context : unit.contexts) Pair(source, target, context, name);
    }
  }
  if (out_.size() == before) ++skipped_;
  return out_.empty() ? absl::OkStatus() : sink_->Write(out_);
}

absl::Status TableWriter::Finish() {
  out_.clear();
  Begin();
  return out_.empty() ? absl::OkStatus() : sink_->Write(out_);
}

void TableWriter::Begin() {
  if (!begun_)
    Row({"source_lang", "target_lang", "source", "target", "document", "key", "prev", "next", "unit"}, &out_);
  begun_ = true;
}

void TableWriter::Pair(const Variant& source, const Variant& target, const Context& context, std::string_view unit) {
  Row({source.locale, target.locale, source.content.text, target.content.text, context.document, context.key,
       Side(context.previous), Side(context.next), unit},
      &out_);
}

std::string_view TableWriter::Side(const std::map<std::string, Neighbour>& side) const {
  const auto it = side.find(options_.source_locale);
  if (it == side.end() || it->second.state == Neighbour::State::kUnknown) return std::string_view();
  return it->second.state == Neighbour::State::kEdge ? kEdge : std::string_view(it->second.text);
}

}  // namespace reprise
