#include "storage/hidden_words.h"

#include <mutex>
#include <utility>

#include "text/char_fold.h"
#include "text/normalize.h"
#include "text/tokenize.h"

namespace reprise {

std::string HiddenWords::Of(std::string_view text) {
  const std::string key_form = KeyForm(text);
  std::vector<TokenSpan> tokens;
  TokenizeKeyForm(key_form, &tokens);
  std::string out, folded;
  for (const TokenSpan& token : tokens) {
    if (!IsPlaceable(token.cls) || token.cls == TokenClass::kNumber) continue;
    FoldWord(std::string_view(key_form).substr(token.begin, token.end - token.begin), &folded);
    out.append(folded).push_back('\0');
  }
  return out;
}

void HiddenWords::Learn(uint32_t row, std::string words) {
  const std::unique_lock lock(mutex_);
  auto known = places_.find(words);
  if (known == places_.end()) {
    constexpr size_t kOfAnEntry = 96;
    if (bytes_ + words.size() + kOfAnEntry > kMostBytes) return;
    bytes_ += words.size() + kOfAnEntry;
    texts_.push_back(std::move(words));
    known = places_.emplace(texts_.back(), static_cast<uint32_t>(texts_.size())).first;
  }
  if (text_of_row_.empty()) text_of_row_.resize(rows_);
  text_of_row_[row] = known->second;
}

std::optional<std::string_view> HiddenWords::Find(uint32_t row) const {
  const std::shared_lock lock(mutex_);
  if (text_of_row_.empty() || text_of_row_[row] == 0) return std::nullopt;
  return texts_[text_of_row_[row] - 1];
}

}  // namespace reprise
