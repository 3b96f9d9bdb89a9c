// The forms that write into the caller's memory allocate nothing once that has grown.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>
#include <string>
#include <vector>

#include "text/locale.h"
#include "text/normalize.h"
#include "text/tokenize.h"

namespace {
std::atomic<size_t> allocations = 0;
}  // namespace

// Not inlined: GCC would see malloc on one side of a pair and not on the other, and warn.
[[gnu::noinline]] void* operator new(size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, size_t) noexcept { std::free(memory); }

namespace reprise {
namespace {

TEST(Allocation, NoneForTextsOfFamiliarSize) {
  const std::vector<std::string> texts = {
      "  The ministers didn't sign 3 of the 12 papers at http://example.org/%s; see v2.9.1.",
      "Die Straßenbahn fährt um 7:30 Uhr „pünktlich“ ab – bei %1$s…",
      "Zażółć gęślą jaźń, proszę @ www.example.org.",
      "Ёлка стоит в углу, а 2 дети поют.",
      "会議は来週の月曜日に開かれます。",
      "회의는 다음 주 월요일에 열립니다.",
      "وقّع الوزيرُ الاتفاقيةَ أمس 12.",
      "मंत्री ने समझौते पर हस्ताक्षर किए।",
      "הַשָּׂר חתם על ההסכם אתמול.",
      "\U0001F468\U0001F3FD \U0001F1E9\U0001F1EA 👍",
  };
  std::string key, bare;
  std::vector<TokenSpan> tokens;
  size_t tags = 0;
  const auto work = [&] {
    for (const std::string& text : texts) {
      ASSERT_TRUE(ValidateUtf8(text).ok());
      KeyForm(text, &key);
      TokenizeKeyForm(key, &tokens);
      BareForm(key, tokens, &bare);
      ASSERT_FALSE(tokens.empty());
      for (const TokenSpan& token : tokens) ASSERT_FALSE(IndexKey(key, token).empty());
      tags += CanonicalLocale("pt-BR")->size() + CanonicalLocale("zh_cn")->size();
      ASSERT_EQ(MatchLocale("pt-BR", "pt-PT"), LocaleMatch::kSameLanguage);
      ASSERT_EQ(MatchLocale("zh-CN", "zh-TW"), LocaleMatch::kNone);
    }
  };
  work();
  const size_t before = allocations;
  ASSERT_GT(before, 0u);
  work();
  EXPECT_EQ(allocations - before, 0u);
  EXPECT_EQ(tags, 20 * texts.size());
}

}  // namespace
}  // namespace reprise
