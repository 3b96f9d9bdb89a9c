#include "formats/xml_splitter.h"

#include <algorithm>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "formats/unit_stream.h"

namespace reprise {
namespace {

constexpr std::string_view kCommentStart = "<!--";
constexpr std::string_view kCdataStart = "<![CDATA[";
constexpr std::string_view kDoctypeStart = "<!DOCTYPE";

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

bool StartsWith(std::string_view text, std::string_view prefix) { return text.substr(0, prefix.size()) == prefix; }

}  // namespace

absl::Status XmlSplitter::Feed(std::string_view bytes) {
  while (!bytes.empty()) {
    if (state_ == State::kText) {
      // The common case in bulk: everything up to the next `<`.
      const size_t length = std::min(bytes.find('<'), bytes.size());
      if (length > 0) RETURN_IF_ERROR(Text(bytes.substr(0, length)));
      bytes.remove_prefix(length);
      offset_ += length;
      if (bytes.empty()) break;
      BeginTag();
      bytes.remove_prefix(1);
      ++offset_;
      continue;
    }
    const char c = bytes.front();
    RETURN_IF_ERROR(Step(c));
    if (c == '\n') ++line_;
    bytes.remove_prefix(1);
    ++offset_;
  }
  return absl::OkStatus();
}

absl::Status XmlSplitter::Finish() {
  if (in_unit_)
    RETURN_IF_ERROR(BreakUnit(absl::StrCat("the file is cut off inside this unit: </", unit_element_, "> is missing")));
  in_unit_ = false;
  if (state_ == State::kText) return absl::OkStatus();
  return InvalidArgument(
      absl::StrCat("line ", line_, ": the file is cut off inside the markup that begins at line ", tag_line_));
}

absl::Status XmlSplitter::Step(char c) {
  switch (state_) {
    case State::kText: break;  // Feed does it
    case State::kLess: return StepLess(c);
    case State::kTag: return StepTag(c);
    case State::kBang: return StepBang(c);
    case State::kComment:
    case State::kCdata:
    case State::kInstruction: return StepSpan(c);
    case State::kDoctype: return StepDoctype(c);
  }
  return absl::OkStatus();
}

void XmlSplitter::BeginTag() {
  state_ = State::kLess;
  tag_.assign(1, '<');
  tag_line_ = line_;
  tag_offset_ = offset_;
  tag_too_long_ = false;
  quote_ = 0;
}

absl::Status XmlSplitter::StepLess(char c) {
  if (c == '!' || c == '?') {
    tag_.push_back(c);
    run_ = 0;
    state_ = c == '!' ? State::kBang : State::kInstruction;
    if (state_ == State::kInstruction && in_unit_) {
      RETURN_IF_ERROR(Append(tag_));
      tag_.clear();
    }
    return absl::OkStatus();
  }
  state_ = State::kTag;
  return StepTag(c);
}

absl::Status XmlSplitter::StepBang(char c) {
  tag_.push_back(c);
  run_ = 0;
  if (tag_ == kCommentStart) {
    state_ = State::kComment;
  } else if (tag_ == kCdataStart) {
    state_ = State::kCdata;
    if (!in_unit_) RETURN_IF_ERROR(handler_->OnOuterText(tag_line_));
  } else if (tag_ == kDoctypeStart && !seen_tag_) {
    state_ = State::kDoctype;
    brackets_ = 0;
    return absl::OkStatus();
  } else if (StartsWith(kCommentStart, tag_) || StartsWith(kCdataStart, tag_) || StartsWith(kDoctypeStart, tag_)) {
    return absl::OkStatus();
  } else {
    tag_.pop_back();  // no such markup: an odd tag
    state_ = State::kTag;
    return StepTag(c);
  }
  if (in_unit_) RETURN_IF_ERROR(Append(tag_));
  tag_.clear();
  return absl::OkStatus();
}

absl::Status XmlSplitter::StepTag(char c) {
  if (c == '<') {
    // XML forbids `<` within a tag, quoted or not: the tag before lost its end.
    RETURN_IF_ERROR(EndTag());
    BeginTag();
    return absl::OkStatus();
  }
  if (tag_.size() < kMaxTokenBytes) {
    tag_.push_back(c);
  } else {
    tag_too_long_ = true;
  }
  if (quote_ != 0) {
    if (c == quote_) quote_ = 0;
  } else if (c == '"' || c == '\'') {
    quote_ = c;
  } else if (c == '>') {
    state_ = State::kText;
    return EndTag();
  }
  return absl::OkStatus();
}

// Comments, CDATA and processing instructions: up to "-->", "]]>" or "?>".
absl::Status XmlSplitter::StepSpan(char c) {
  const char closer = state_ == State::kComment ? '-' : state_ == State::kCdata ? ']' : '?';
  const int needed = state_ == State::kInstruction ? 1 : 2;
  if (in_unit_) {
    RETURN_IF_ERROR(Append(std::string_view(&c, 1)));
    if (unit_broken_) {
      // The span made the unit too long; it may have lost its own end, so look for the unit's end inside it as well.
      state_ = State::kText;
      if (c == '<') BeginTag();
      return absl::OkStatus();
    }
  } else if (state_ == State::kInstruction && tag_.size() < kMaxTokenBytes) {
    tag_.push_back(c);
  }
  if (c == '>' && run_ >= needed) return EndSpan();
  run_ = c == closer ? run_ + 1 : 0;
  return absl::OkStatus();
}

absl::Status XmlSplitter::EndSpan() {
  const bool instruction = state_ == State::kInstruction;
  state_ = State::kText;
  run_ = 0;
  if (instruction && !in_unit_) return handler_->OnProlog(tag_, tag_line_);
  return absl::OkStatus();
}

absl::Status XmlSplitter::StepDoctype(char c) {
  if (c == '<' && brackets_ == 0) {
    // Only the internal subset holds markup: as with a tag, the end was lost.
    RETURN_IF_ERROR(handler_->OnProlog(tag_, tag_line_));
    BeginTag();
    return absl::OkStatus();
  }
  tag_.push_back(c);
  if (tag_.size() > kMaxTokenBytes) {
    return InvalidArgument(absl::StrCat("line ", tag_line_, ": the DOCTYPE is longer than ", kMaxTokenBytes,
                                        " bytes or has no end; none is needed"));
  }
  // Comments and instructions may hold quotes and brackets that mean nothing.
  const std::string_view seen = tag_;
  const auto ends_with = [seen](std::string_view tail) {
    return seen.size() >= tail.size() && seen.substr(seen.size() - tail.size()) == tail;
  };
  if (quote_ == '-' || quote_ == '?') {
    if (ends_with(quote_ == '-' ? "-->" : "?>")) quote_ = 0;
  } else if (quote_ != 0) {
    if (c == quote_) quote_ = 0;
  } else if (ends_with("<!--")) {
    quote_ = '-';
  } else if (ends_with("<?")) {
    quote_ = '?';
  } else if (c == '"' || c == '\'') {
    quote_ = c;
  } else if (c == '[') {
    ++brackets_;
  } else if (c == ']' && brackets_ > 0) {
    --brackets_;
  } else if (c == '>' && brackets_ == 0) {
    state_ = State::kText;
    return handler_->OnProlog(tag_, tag_line_);
  }
  return absl::OkStatus();
}

absl::Status XmlSplitter::Text(std::string_view text) {
  absl::Status status;
  if (in_unit_) {
    status = Append(text);
    line_ += static_cast<uint64_t>(std::count(text.begin(), text.end(), '\n'));
    return status;
  }
  const auto solid = std::find_if_not(text.begin(), text.end(), IsSpace);
  const uint64_t solid_line = line_ + static_cast<uint64_t>(std::count(text.begin(), solid, '\n'));
  line_ += static_cast<uint64_t>(std::count(text.begin(), text.end(), '\n'));
  return solid == text.end() ? status : handler_->OnOuterText(solid_line);
}

std::string_view XmlSplitter::TagName() const {
  size_t end = 1;
  while (end < tag_.size() && !IsSpace(tag_[end]) && tag_[end] != '>' && (tag_[end] != '/' || end == 1)) ++end;
  return std::string_view(tag_).substr(1, end - 1);
}

absl::Status XmlSplitter::EndTag() {
  seen_tag_ = true;
  const std::string_view name = TagName();
  if (name == unit_element_) {
    if (in_unit_) {
      RETURN_IF_ERROR(
          BreakUnit(absl::StrCat("</", unit_element_, "> is missing: another <", unit_element_, "> begins before it")));
    }
    return BeginUnit();
  }
  if (!in_unit_) {
    // A tag cut short keeps its name, which is all that is asked of outer tags but the header.
    return handler_->OnOuterTag(tag_, tag_line_);
  }
  if (tag_too_long_) {
    RETURN_IF_ERROR(BreakUnit(absl::StrCat("a tag is longer than ", kMaxTokenBytes, " bytes")));
  } else {
    RETURN_IF_ERROR(Append(tag_));
  }
  if (name.empty() || name.front() != '/' || name.substr(1) != unit_element_) return absl::OkStatus();
  in_unit_ = false;
  return unit_broken_ ? absl::OkStatus() : handler_->OnUnitBytes(unit_, unit_line_);
}

absl::Status XmlSplitter::BeginUnit() {
  in_unit_ = true;
  unit_broken_ = false;
  unit_line_ = tag_line_;
  unit_offset_ = tag_offset_;
  unit_.assign(tag_);
  unit_tag_bytes_ = unit_.size();
  if (tag_too_long_) RETURN_IF_ERROR(BreakUnit(absl::StrCat("its tag is longer than ", kMaxTokenBytes, " bytes")));
  const bool closed = unit_.size() >= 2 && unit_.compare(unit_.size() - 2, 2, "/>") == 0;
  if (!closed) return absl::OkStatus();
  in_unit_ = false;
  return unit_broken_ ? absl::OkStatus() : handler_->OnUnitBytes(unit_, unit_line_);
}

absl::Status XmlSplitter::Append(std::string_view bytes) {
  if (unit_broken_) return absl::OkStatus();
  if (unit_.size() + bytes.size() > kMaxTokenBytes) {
    return BreakUnit(absl::StrCat("it is longer than ", kMaxTokenBytes, " bytes"));
  }
  unit_.append(bytes);
  return absl::OkStatus();
}

absl::Status XmlSplitter::BreakUnit(std::string_view reason) {
  if (unit_broken_) return absl::OkStatus();
  unit_broken_ = true;
  return handler_->OnBrokenUnit(unit_, std::string_view(unit_).substr(0, unit_tag_bytes_), unit_line_, reason);
}

}  // namespace reprise
