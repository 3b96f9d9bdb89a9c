#include "formats/xliff_walker.h"

#include "absl/strings/str_cat.h"

namespace reprise {
namespace {

constexpr size_t kMaxDepth = 1000;  // of groups in groups

}  // namespace

absl::Status XliffWalker::LineError(uint64_t line, std::string_view problem) {
  return InvalidArgument(absl::StrCat("line ", line, ": ", std::string(problem)));
}

std::string XliffWalker::Get(const XmlAttributes& attributes, const char* name) {
  const auto it = attributes.find(name);
  return it == attributes.end() ? std::string() : it->second;
}

absl::Status XliffWalker::EndWalk() {
  RETURN_IF_ERROR(splitter_.Finish());
  if (!seen_root_) return LineError(1, "not an XLIFF file: it has no <xliff> element");
  if (!closed_) return LineError(splitter_.line(), "the file is cut off: </xliff> is missing");
  return absl::OkStatus();
}

bool XliffWalker::IsWanted(const XliffUnit& unit) const {
  const std::string translate = Get(unit.attributes, "translate");
  return translate.empty() ? translate_.back() : translate != "no";
}

std::string_view XliffWalker::Local(std::string_view name) const {
  return !prefix_.empty() && name.substr(0, prefix_.size()) == prefix_ ? name.substr(prefix_.size()) : name;
}

absl::Status XliffWalker::OnOuterTag(std::string_view tag, uint64_t line) {
  std::string_view name = tag.size() > 1 ? FirstWord(tag.substr(1)) : std::string_view();
  const bool end = !name.empty() && name.front() == '/';
  if (end) name.remove_prefix(1);
  if (!seen_root_) return Root(tag, end ? std::string_view() : name, line);
  name = Local(name);
  const bool empty = tag.size() >= 2 && tag.substr(tag.size() - 2) == "/>";
  if (name == "file") {
    if (end) return EndFile();
    RETURN_IF_ERROR(BeginFile(tag, line));
    return empty ? EndFile() : absl::OkStatus();
  }
  if (name == "group" && in_file_ && !empty) {
    if (!end) return BeginGroup(tag, line);
    if (translate_.size() > 1) translate_.pop_back();
  }
  if (name == "xliff" && end) {
    closed_ = true;
    return FileEnded();
  }
  return absl::OkStatus();
}

absl::Status XliffWalker::Root(std::string_view tag, std::string_view name, uint64_t line) {
  const size_t colon = name.rfind(':');
  if (colon != std::string_view::npos) prefix_ = std::string(name.substr(0, colon + 1));
  if (Local(name) != "xliff") {
    return LineError(line, absl::StrCat("not an XLIFF file: its first element is <", std::string(name.substr(0, 64)),
                                        ">, not <xliff>"));
  }
  seen_root_ = true;
  const auto attributes = ParseTag(tag);
  if (!attributes.ok()) {
    return LineError(line, absl::StrCat("the <xliff> tag is not well-formed: ", MessageOf(attributes.status())));
  }
  const std::string version = Get(*attributes, "version");
  version2_ = version.substr(0, 2) == "2.";
  if (!version2_ && version.substr(0, 2) != "1.") {
    return LineError(
        line, absl::StrCat("XLIFF version \"", version.substr(0, 20), "\" is not read; 1.0 to 1.2 and 2.0 to 2.1 are"));
  }
  parser_.set_version2(version2_);
  parser_.set_prefix(prefix_);
  splitter_.set_unit_element(absl::StrCat(prefix_, version2_ ? "unit" : "trans-unit"));
  return RootFound(*attributes, tag);
}

absl::Status XliffWalker::BeginFile(std::string_view tag, uint64_t line) {
  in_file_ = true;
  const auto attributes = ParseTag(tag);
  translate_.assign(1, !attributes.ok() || Get(*attributes, "translate") != "no");
  return FileFound(attributes, tag, line);
}

absl::Status XliffWalker::EndFile() {
  in_file_ = false;
  return FileEnded();
}

absl::Status XliffWalker::BeginGroup(std::string_view tag, uint64_t line) {
  if (translate_.size() >= kMaxDepth) {
    return LineError(line, absl::StrCat("groups are nested deeper than ", kMaxDepth));
  }
  const auto attributes = ParseTag(tag);
  const std::string translate = attributes.ok() ? Get(*attributes, "translate") : std::string();
  translate_.push_back(translate.empty() ? translate_.back() : translate != "no");
  return absl::OkStatus();
}

absl::Status XliffWalker::OnOuterText(uint64_t line) {
  // Headers, skeletons and notes of files and groups have text; only before the root it is a sign.
  if (!seen_root_) return LineError(line, "not an XLIFF file: text stands before the <xliff> element");
  return absl::OkStatus();
}

absl::Status XliffWalker::OnProlog(std::string_view markup, uint64_t line) {
  return CheckProlog(markup, line, seen_root_);
}

absl::Status XliffWalker::CheckPlace(uint64_t line) const {
  if (seen_root_) return absl::OkStatus();
  return LineError(line, "not an XLIFF file: a unit stands outside of an <xliff> element");
}

absl::Status XliffWalker::OnBrokenUnit(std::string_view xml, std::string_view start_tag, uint64_t line,
                                       std::string_view reason) {
  RETURN_IF_ERROR(CheckPlace(line));
  return UnitBroken(xml, start_tag, line, reason);
}

absl::Status XliffWalker::OnUnitBytes(std::string_view xml, uint64_t line) {
  RETURN_IF_ERROR(CheckPlace(line));
  if (in_file_) return UnitFound(xml, line);
  return UnitBroken(xml, xml.substr(0, xml.find('>')), line, "stands outside of a <file>, which names the languages");
}

}  // namespace reprise
