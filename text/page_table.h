// A value for each code point, computed a page of 256 at a time when first asked for; private to text/.
//
// Asking ICU for a property costs a function call and a walk through its tries, some properties much more; a page makes
// it one load. Code points from kTabled on (private use, tags: rare) are computed each time, so that no text, however
// hostile, makes a table grow beyond its 1,024 pages. Pages live as long as the process.
//
// Thread-safe: a page is published once, complete; threads that fill the same page at once agree on its contents.
#ifndef REPRISE_TEXT_PAGE_TABLE_H_
#define REPRISE_TEXT_PAGE_TABLE_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>

namespace reprise {

// `Page` has a constructor of the number of the page (code point >> 8) and an operator[] of the low byte.
template <typename Page>
class PageTable {
 public:
  static constexpr char32_t kTabled = 0x40000;

  // REQUIRES: c < kTabled.
  const Page& PageOf(char32_t c) {
    const Page* page = pages_[c >> 8].load(std::memory_order_acquire);
    if (page == nullptr) [[unlikely]] {
      page = Fill(c >> 8);
    }
    return *page;
  }

 private:
  const Page* Fill(char32_t number) {
    auto page = std::make_unique<const Page>(number);
    const Page* expected = nullptr;
    if (pages_[number].compare_exchange_strong(expected, page.get(), std::memory_order_acq_rel)) {
      return page.release();  // lives as long as the process
    }
    return expected;
  }

  std::array<std::atomic<const Page*>, (kTabled >> 8)> pages_{};
};

}  // namespace reprise

#endif  // REPRISE_TEXT_PAGE_TABLE_H_
