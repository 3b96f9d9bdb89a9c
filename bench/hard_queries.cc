#include "bench/hard_queries.h"

#include <algorithm>
#include <functional>
#include <map>
#include <random>
#include <utility>

#include "text/normalize.h"
#include "text/tokenize.h"

namespace reprise::bench {
namespace {

constexpr size_t kQueries = 20;

class Maker {
 public:
  Maker(const std::vector<std::string>& sources, uint64_t seed) : rng_(seed) {
    texts_.reserve(sources.size());
    std::map<std::string, size_t> counts;
    size_t spaces = 0;
    for (const std::string& source : sources) {
      spaces += static_cast<size_t>(std::count(source.begin(), source.end(), ' '));
      std::vector<std::string>& words = texts_.emplace_back();
      for (const Token& token : TokenizeKeyForm(KeyForm(source))) {
        if (token.cls != TokenClass::kWord) continue;
        ++counts[token.key];
        words.push_back(token.key);
      }
      if (words.empty()) texts_.pop_back();
    }
    space_ = spaces > sources.size() ? " " : "";
    std::vector<std::pair<size_t, std::string>> by_count;
    by_count.reserve(counts.size());
    for (const auto& [word, count] : counts) by_count.emplace_back(count, word);
    std::sort(by_count.rbegin(), by_count.rend());
    for (size_t i = 0; i < std::min<size_t>(30, by_count.size()); ++i) frequent_.push_back(by_count[i].second);
  }
  bool empty() const { return texts_.empty(); }

  QueryGroup Group(const std::string& name, const std::function<std::string()>& make) {
    QueryGroup group{name, {}};
    for (size_t i = 0; i < kQueries; ++i) group.texts.push_back(make());
    return group;
  }

  size_t Below(size_t n) { return rng_() % n; }
  const std::vector<std::string>& AnyText() { return texts_[Below(texts_.size())]; }
  const std::string& AnyWord() {
    const std::vector<std::string>& text = AnyText();
    return text[Below(text.size())];
  }
  // So many words in a row, of as many texts as it takes.
  std::string Row(size_t words) {
    std::string out;
    for (size_t n = 0; n < words;) {
      const std::vector<std::string>& text = AnyText();
      for (size_t i = text.size() > words ? Below(text.size() - words + 1) : 0; i < text.size() && n < words;
           ++i, ++n) {
        Join(text[i], &out);
      }
    }
    return out;
  }
  std::string Frequent(size_t words) {
    std::string out;
    for (size_t i = 0; i < words; ++i) Join(frequent_[Below(frequent_.size())], &out);
    return out;
  }
  std::string Repeated(const std::string& word, size_t times) const {
    std::string out;
    for (size_t i = 0; i < times; ++i) Join(word, &out);
    return out;
  }
  std::string Numbers(size_t count) {
    std::string out;
    for (size_t i = 0; i < count; ++i) out += (i == 0 ? "" : " ") + std::to_string(Below(10000));
    return out;
  }
  std::string Unknown(size_t words) {
    std::string out;
    for (size_t i = 0; i < words; ++i) {
      if (i != 0) out += ' ';
      for (size_t n = 0; n < 9; ++n) out += "bcdfghjklmnpqrstvwxz"[Below(20)];
    }
    return out;
  }
  // The first code point of a word.
  std::string Character() {
    const std::string& word = AnyWord();
    size_t end = 1;
    while (end < word.size() && (static_cast<unsigned char>(word[end]) & 0xC0) == 0x80) ++end;
    return word.substr(0, end);
  }

 private:
  void Join(const std::string& word, std::string* out) const {
    if (!out->empty()) *out += space_;
    *out += word;
  }

  std::mt19937_64 rng_;
  std::vector<std::vector<std::string>> texts_;
  std::vector<std::string> frequent_;
  std::string space_;
};

}  // namespace

std::vector<QueryGroup> HardQueries(const std::vector<std::string>& sources, uint64_t seed) {
  Maker m(sources, seed);
  if (m.empty()) return {};
  return {m.Group("one character", [&] { return m.Character(); }),
          m.Group("one word", [&] { return m.Row(1); }),
          m.Group("two words", [&] { return m.Row(2); }),
          m.Group("six of the 30 most frequent words", [&] { return m.Frequent(6); }),
          m.Group("numbers only", [&] { return m.Numbers(1 + m.Below(4)); }),
          m.Group("200 words", [&] { return m.Row(200); }),
          m.Group("a word twelve times", [&] { return m.Repeated(m.AnyWord(), 12); }),
          m.Group("a frequent word twelve times", [&] { return m.Repeated(m.Frequent(1), 12); }),
          m.Group("eight unknown words", [&] { return m.Unknown(8); })};
}

}  // namespace reprise::bench
