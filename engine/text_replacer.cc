#include "engine/text_replacer.h"

#include <algorithm>
#include <utility>

#include "text/normalize.h"
#include "text/tokenize.h"

namespace reprise {
namespace {

constexpr size_t kMaxReplacementBytes = 32 << 10;

// Where each code point begins, in bytes, and the end of the text.
std::vector<size_t> Starts(const std::string& text) {
  std::vector<size_t> starts;
  for (size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) starts.push_back(i);
  }
  starts.push_back(text.size());
  return starts;
}

uint32_t IndexOf(const std::vector<size_t>& starts, size_t byte) {
  return static_cast<uint32_t>(std::lower_bound(starts.begin(), starts.end(), byte) - starts.begin());
}

absl::Status CheckBytes(const char* field, const std::string& text, size_t limit) {
  if (text.size() > limit) {
    return WithField(ResourceExhausted("has more than " + std::to_string(limit) + " bytes"), field);
  }
  return WithField(ValidateUtf8(text), field);
}

}  // namespace

TextReplacer::TextReplacer(TextPattern pattern) : pattern_(std::move(pattern)) {
  if (pattern_.fold) key_ = KeyForm(pattern_.find);
  replacement_length_ = static_cast<int64_t>(CodePointCount(pattern_.replacement));
}

absl::StatusOr<TextReplacer> TextReplacer::Make(TextPattern pattern) {
  if (pattern.find.empty()) return FieldError("find", "is empty; give the text to find");
  RETURN_IF_ERROR(CheckBytes("find", pattern.find, kMaxFindBytes));
  RETURN_IF_ERROR(CheckBytes("replacement", pattern.replacement, kMaxReplacementBytes));
  TextReplacer replacer(std::move(pattern));
  if (replacer.pattern_.fold && replacer.key_.empty()) {
    return FieldError("find", "holds nothing but white space and invisible characters, which fold to nothing");
  }
  return replacer;
}

std::vector<TextReplacer::Range> TextReplacer::FindAll(const std::string& text) const {
  std::vector<Range> ranges;
  if (!pattern_.fold) {
    size_t at = text.find(pattern_.find);
    if (at == std::string::npos) return ranges;
    const std::vector<size_t> starts = Starts(text);
    for (; at != std::string::npos; at = text.find(pattern_.find, at + pattern_.find.size())) {
      ranges.push_back({IndexOf(starts, at), IndexOf(starts, at + pattern_.find.size())});
    }
    return ranges;
  }
  if (KeyForm(text).find(key_) == std::string::npos) return ranges;
  const MappedKeyForm mapped = KeyFormWithMap(text);
  const std::vector<size_t> starts = Starts(mapped.key);
  const size_t length = mapped.raw_begin.size();
  // A character may fold to several ("ß" to "ss"): an occurrence takes all of it or none.
  auto whole = [&](size_t i) { return i == 0 || i >= length || mapped.raw_begin[i] >= mapped.raw_end[i - 1]; };
  for (size_t at = mapped.key.find(key_); at != std::string::npos;) {
    const uint32_t begin = IndexOf(starts, at);
    const uint32_t end = IndexOf(starts, at + key_.size());
    const bool fits = whole(begin) && whole(end) && end <= length;
    if (fits) ranges.push_back({mapped.raw_begin[begin], mapped.raw_end[end - 1]});
    at = mapped.key.find(key_, fits ? at + key_.size() : at + 1);
  }
  return ranges;
}

void TextReplacer::DropUnfit(const Content& in, bool whole_word, std::vector<Range>* ranges) {
  std::vector<Token> tokens;
  if (whole_word) tokens = Tokenize({.text = in.text, .codes = {}});
  auto within = [](uint32_t at, uint32_t begin, uint32_t end) { return begin < at && at < end; };
  auto unfit = [&](const Range& range) {
    for (const Code& code : in.codes) {
      if (within(code.position, range.begin, range.end)) return true;
    }
    return std::any_of(tokens.begin(), tokens.end(), [&](const Token& token) {
      return within(range.begin, token.begin, token.end) || within(range.end, token.begin, token.end);
    });
  };
  ranges->erase(std::remove_if(ranges->begin(), ranges->end(), unfit), ranges->end());
}

size_t TextReplacer::Replace(const Content& in, Content* out) const {
  std::vector<Range> ranges = FindAll(in.text);
  if (ranges.empty()) return 0;
  DropUnfit(in, pattern_.whole_word, &ranges);
  if (ranges.empty()) return 0;
  const std::vector<size_t> starts = Starts(in.text);
  Content after;
  size_t copied = 0;  // bytes of in.text
  for (const Range& range : ranges) {
    after.text.append(in.text, copied, starts[range.begin] - copied);
    after.text += pattern_.replacement;
    copied = starts[range.end];
  }
  after.text.append(in.text, copied, std::string::npos);
  after.codes = in.codes;
  size_t passed = 0;
  int64_t shift = 0;
  for (Code& code : after.codes) {
    for (; passed < ranges.size() && ranges[passed].end <= code.position; ++passed) {
      shift += replacement_length_ - (ranges[passed].end - ranges[passed].begin);
    }
    code.position = static_cast<uint32_t>(code.position + shift);
  }
  *out = std::move(after);
  return ranges.size();
}

}  // namespace reprise
