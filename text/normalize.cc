#include "text/normalize.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <memory>
#include <set>
#include <utility>

#include "text/utf8.h"

namespace reprise {
namespace {

const icu::Normalizer2& Instance(const icu::Normalizer2* (*get)(UErrorCode&)) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* normalizer = get(status);
  if (U_FAILURE(status)) std::abort();  // ICU's data is linked in: it cannot be missing
  return *normalizer;
}

const icu::Normalizer2& Nfc() {
  static const icu::Normalizer2& normalizer = Instance(&icu::Normalizer2::getNFCInstance);
  return normalizer;
}
const icu::Normalizer2& Nfkc() {
  static const icu::Normalizer2& normalizer = Instance(&icu::Normalizer2::getNFKCInstance);
  return normalizer;
}
const icu::Normalizer2& NfkcCasefold() {
  static const icu::Normalizer2& normalizer = Instance(&icu::Normalizer2::getNFKCCasefoldInstance);
  return normalizer;
}

UChar32 ToUChar(char32_t c) { return static_cast<UChar32>(c); }

bool IsWhiteSpace(char32_t c) { return u_hasBinaryProperty(ToUChar(c), UCHAR_WHITE_SPACE); }

bool IsIgnorable(char32_t c) { return u_hasBinaryProperty(ToUChar(c), UCHAR_DEFAULT_IGNORABLE_CODE_POINT); }

int DecompositionType(char32_t c) { return u_getIntPropertyValue(ToUChar(c), UCHAR_DECOMPOSITION_TYPE); }

// Superscripts, subscripts, fractions and enclosed numbers: to fold them would change what is said (10³ is not 103).
bool IsProtected(char32_t c) {
  if (c < 0x80) return false;
  const int type = DecompositionType(c);
  if (type == U_DT_SUPER || type == U_DT_SUB || type == U_DT_FRACTION) return true;
  if (type == U_DT_NONE || type == U_DT_CANONICAL) return false;
  if (u_getIntPropertyValue(ToUChar(c), UCHAR_NUMERIC_TYPE) == U_NT_NONE) return false;
  const UBlockCode block = ublock_getCode(ToUChar(c));
  return type == U_DT_CIRCLE || block == UBLOCK_ENCLOSED_ALPHANUMERICS ||
         block == UBLOCK_ENCLOSED_ALPHANUMERIC_SUPPLEMENT;
}

// '\'' or '"' for quotation marks, 0 for all else. The acute accent and the modifier apostrophe stand in for
// apostrophes in typed text, as the ASCII quotes do for Hebrew geresh and gershayim.
char32_t QuoteFold(char32_t c) {
  switch (c) {
    case '\'':
    case 0x2018:
    case 0x2019:
    case 0x201A:
    case 0x201B:
    case 0x2039:
    case 0x203A:
    case 0x00B4:
    case 0x02BC:
    case 0x05F3:
    case 0xFF07: return '\'';
    case 0x05F4: return '"';
    default: return u_hasBinaryProperty(ToUChar(c), UCHAR_QUOTATION_MARK) ? '"' : 0;
  }
}

// True for the dashes that a typist would replace by '-'; the wavy and double ones say something else.
bool IsDash(char32_t c) {
  switch (c) {
    case 0x2053:
    case 0x2E17:
    case 0x2E40:
    case 0x301C:
    case 0x3030:
    case 0x30A0: return false;
    default: return u_hasBinaryProperty(ToUChar(c), UCHAR_DASH);
  }
}

constexpr char32_t kEllipsis = 0x2026;
constexpr char32_t kMidlineEllipsis = 0x22EF;

// Our own unification, before NFKC_Casefold sees the code point.
char32_t Unify(char32_t c) {
  if (IsProtected(c)) return c;
  if (IsWhiteSpace(c)) return ' ';
  if (char32_t quote = QuoteFold(c); quote != 0) return quote;
  if (IsDash(c)) return '-';
  return c == kMidlineEllipsis ? kEllipsis : c;
}

// What the folding needs to know of one code point.
struct Folding {
  enum Flag : uint32_t {
    kSingle = 1,     // alone it becomes exactly `mapped`
    kBoundary = 2,   // never interacts with what stands before it
    kProtected = 4,  // kept as it is
    kExpand = 8,     // its decomposition has protected parts (㎡ is m²): decompose one level first
  };
  char32_t mapped = 0;
  uint32_t flags = 0;
  bool Has(Flag flag) const { return (flags & flag) != 0; }
};

Folding ComputeFolding(char32_t c) {
  if (IsProtected(c)) return {c, Folding::kSingle | Folding::kBoundary | Folding::kProtected};
  const char32_t unified = Unify(c);
  if (unified < 0x80 && unified != c) return {unified, Folding::kSingle | Folding::kBoundary};
  icu::UnicodeString raw;
  if (Nfkc().getRawDecomposition(ToUChar(c), raw)) {
    for (int32_t i = 0; i < raw.length(); i = raw.moveIndex32(i, 1)) {
      if (IsProtected(static_cast<char32_t>(raw.char32At(i)))) return {c, Folding::kBoundary | Folding::kExpand};
    }
  }
  Folding folding;
  if (NfkcCasefold().hasBoundaryBefore(ToUChar(unified))) folding.flags |= Folding::kBoundary;
  UErrorCode status = U_ZERO_ERROR;
  const icu::UnicodeString normal = NfkcCasefold().normalize(icu::UnicodeString(ToUChar(unified)), status);
  if (U_SUCCESS(status) && normal.countChar32() == 1) {
    folding.mapped = static_cast<char32_t>(normal.char32At(0));
    folding.flags |= Folding::kSingle;
  }
  return folding;
}

// The foldings of the BMP, computed from ICU's properties a page of 256 at a time when first asked for.
class FoldingCache {
 public:
  Folding Get(char32_t c) {
    if (c > 0xFFFF) return ComputeFolding(c);
    const Page* page = pages_[c >> 8].load(std::memory_order_acquire);
    if (page == nullptr) page = Fill(c >> 8);
    return (*page)[c & 0xFF];
  }

 private:
  using Page = std::array<Folding, 256>;

  const Page* Fill(char32_t number) {
    auto page = std::make_unique<Page>();
    for (char32_t i = 0; i < 256; ++i) (*page)[i] = ComputeFolding((number << 8) | i);
    const Page* expected = nullptr;
    if (pages_[number].compare_exchange_strong(expected, page.get(), std::memory_order_acq_rel)) {
      return page.release();  // lives as long as the process
    }
    return expected;
  }

  std::array<std::atomic<const Page*>, 256> pages_{};
};

Folding FoldingOf(char32_t c) {
  static FoldingCache& cache = *new FoldingCache;
  return cache.Get(c);
}

// A code point of the key form in the making and the raw code points [begin, end) that it came from.
struct Item {
  char32_t c;
  uint32_t begin;
  uint32_t end;
};
using Items = std::vector<Item>;

// Appends with white space collapsed; leading white space is dropped.
void Emit(char32_t c, uint32_t begin, uint32_t end, Items* out) {
  if (c == ' ') {
    if (out->empty()) return;
    if (out->back().c == ' ') {
      out->back().end = end;
      return;
    }
  }
  out->push_back({c, begin, end});
}

// Normalizes the code points [first, last), which may interact, as one.
void EmitNormalized(const Items& in, size_t first, size_t last, Items* out) {
  icu::UnicodeString chunk;
  for (size_t i = first; i < last; ++i) chunk.append(ToUChar(Unify(in[i].c)));
  UErrorCode status = U_ZERO_ERROR;
  const icu::UnicodeString normal = NfkcCasefold().normalize(chunk, status);
  for (int32_t i = 0; i < normal.length(); i = normal.moveIndex32(i, 1)) {
    Emit(Unify(static_cast<char32_t>(normal.char32At(i))), in[first].begin, in[last - 1].end, out);
  }
}

void EmitExpanded(const Item& item, Items* out) {
  icu::UnicodeString raw;
  Nfkc().getRawDecomposition(ToUChar(item.c), raw);
  for (int32_t i = 0; i < raw.length(); i = raw.moveIndex32(i, 1)) {
    Emit(static_cast<char32_t>(raw.char32At(i)), item.begin, item.end, out);
  }
}

// One round of folding.
void FoldOnce(const Items& in, Items* out) {
  out->clear();
  for (size_t i = 0; i < in.size();) {
    const Folding folding = FoldingOf(in[i].c);
    size_t end = i + 1;
    if (folding.Has(Folding::kExpand)) {
      EmitExpanded(in[i], out);
    } else if (folding.Has(Folding::kProtected)) {
      Emit(in[i].c, in[i].begin, in[i].end, out);
    } else {
      while (end < in.size() && !FoldingOf(in[end].c).Has(Folding::kBoundary)) ++end;
      if (end == i + 1 && folding.Has(Folding::kSingle)) {
        Emit(folding.mapped, in[i].begin, in[i].end, out);
      } else {
        EmitNormalized(in, i, end, out);
      }
    }
    i = end;
  }
  if (!out->empty() && out->back().c == ' ') out->pop_back();
}

// True if another round would surely change nothing: no code point maps to another or interacts with its neighbour.
bool SurelyStable(const Items& items) {
  for (const Item& item : items) {
    const Folding folding = FoldingOf(item.c);
    if (folding.mapped != item.c || !folding.Has(Folding::kSingle) || !folding.Has(Folding::kBoundary)) return false;
  }
  return true;
}

bool SameText(const Items& a, const Items& b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (a[i].c != b[i].c) return false;
  }
  return true;
}

// Folds `text` to a fixed point. Two or three rounds reach it in practice; the bound guards against a surprise in
// future Unicode data.
Items Fold(std::string_view text) {
  constexpr int kMaxRounds = 16;
  Items items;
  items.reserve(text.size());
  uint32_t position = 0;
  for (size_t i = 0; i < text.size(); ++position) {
    const char32_t c = NextCodePoint(text, &i);
    items.push_back({c, position, position + 1});
  }
  Items next;
  next.reserve(items.size());
  for (int round = 0; round < kMaxRounds; ++round) {
    FoldOnce(items, &next);
    const bool done = SurelyStable(next) || SameText(items, next);
    items.swap(next);
    if (done) break;
  }
  return items;
}

bool IsAsciiSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// In ASCII the whole folding is case and white space. `position` (may be null) gets the raw [begin, end) of each.
std::string FoldAscii(std::string_view text, MappedKeyForm* map) {
  std::string key;
  key.reserve(text.size());
  for (size_t i = 0; i < text.size();) {
    size_t end = i + 1;
    char c = text[i];
    if (IsAsciiSpace(c)) {
      while (end < text.size() && IsAsciiSpace(text[end])) ++end;
      c = ' ';
    } else if (c >= 'A' && c <= 'Z') {
      c = static_cast<char>(c - 'A' + 'a');
    }
    if (c != ' ' || (!key.empty() && end < text.size())) {
      key.push_back(c);
      if (map != nullptr) {
        map->raw_begin.push_back(static_cast<uint32_t>(i));
        map->raw_end.push_back(static_cast<uint32_t>(end));
      }
    }
    i = end;
  }
  return key;
}

icu::UnicodeString ToUtf16(std::string_view text) {
  return icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<int32_t>(text.size())));
}

std::u32string NormalizedBy(const icu::Normalizer2& normalizer, const std::u32string& text) {
  const icu::UnicodeString in =
      icu::UnicodeString::fromUTF32(reinterpret_cast<const UChar32*>(text.data()), static_cast<int32_t>(text.size()));
  UErrorCode status = U_ZERO_ERROR;
  const icu::UnicodeString normal = normalizer.normalize(in, status);
  std::u32string out;
  for (int32_t i = 0; i < normal.length(); i = normal.moveIndex32(i, 1)) {
    out.push_back(static_cast<char32_t>(normal.char32At(i)));
  }
  return out;
}

// The members of a class in `text`, with one mark for each run of others, so that their places count as well.
template <typename Member>
std::u32string Outline(const std::u32string& text, const Member& member) {
  constexpr char32_t kOthers = 0xFFFFFFFF;
  std::u32string outline;
  for (char32_t c : text) {
    if (member(c)) {
      outline.push_back(c);
    } else if (outline.empty() || outline.back() != kOthers) {
      outline.push_back(kOthers);
    }
  }
  return outline;
}

// Two raw texts whose differences are peeled off one kind after the other.
class FoldPeeler {
 public:
  FoldPeeler(std::string_view a, std::string_view b) : a_(Decode(a)), b_(Decode(b)) {}

  // Names the kind if the texts differ in the members of a class, then rewrites those in both.
  template <typename Member, typename Rewrite>
  void Peel(const char* kind, const Member& member, const Rewrite& rewrite) {
    if (a_ == b_) return;
    if (Outline(a_, member) != Outline(b_, member)) found_.insert(kind);
    for (std::u32string* text : {&a_, &b_}) {
      std::u32string out;
      for (char32_t c : *text) {
        if (member(c)) {
          rewrite(c, &out);
        } else {
          out.push_back(c);
        }
      }
      *text = std::move(out);
    }
  }

  bool Equal() const { return a_ == b_; }
  void Add(const char* kind) { found_.insert(kind); }
  std::vector<std::string> Found() const { return {found_.begin(), found_.end()}; }

 private:
  static std::u32string Decode(std::string_view text) {
    std::u32string out;
    for (size_t i = 0; i < text.size();) out.push_back(NextCodePoint(text, &i));
    return NormalizedBy(Nfc(), out);
  }

  std::u32string a_;
  std::u32string b_;
  std::set<std::string> found_;
};

bool IsWidthVariant(char32_t c) {
  const int type = DecompositionType(c);
  return type == U_DT_WIDE || type == U_DT_NARROW;
}

bool IsCompatibility(char32_t c) {
  const int type = DecompositionType(c);
  return type != U_DT_NONE && type != U_DT_CANONICAL && !IsProtected(c);
}

bool IsEszett(char32_t c) { return c == 0xDF || c == 0x1E9E; }

}  // namespace

absl::Status ValidateUtf8(std::string_view text) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  const int64_t size = static_cast<int64_t>(text.size());
  for (int64_t i = 0; i < size;) {
    const int64_t at = i;
    UChar32 c;
    U8_NEXT(bytes, i, size, c);
    if (c > 0) continue;
    if (c == 0) return InvalidArgument("has U+0000 at byte " + std::to_string(at) + "; remove it");
    return InvalidArgument("is not well-formed UTF-8 at byte " + std::to_string(at) + "; send the text as UTF-8");
  }
  return absl::OkStatus();
}

size_t CodePointCount(std::string_view text) {
  size_t count = 0;
  for (char c : text) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return count;
}

std::string KeyForm(std::string_view text) {
  if (IsAscii(text)) return FoldAscii(text, nullptr);
  const Items items = Fold(text);
  std::string key;
  key.reserve(text.size());
  for (const Item& item : items) AppendCodePoint(item.c, &key);
  return key;
}

void KeyForm(std::string_view text, std::string* key) { *key = KeyForm(text); }

MappedKeyForm KeyFormWithMap(std::string_view text) {
  MappedKeyForm mapped;
  if (IsAscii(text)) {
    mapped.raw_begin.reserve(text.size());
    mapped.raw_end.reserve(text.size());
    mapped.key = FoldAscii(text, &mapped);
    return mapped;
  }
  const Items items = Fold(text);
  mapped.key.reserve(text.size());
  mapped.raw_begin.reserve(items.size());
  mapped.raw_end.reserve(items.size());
  for (const Item& item : items) {
    AppendCodePoint(item.c, &mapped.key);
    mapped.raw_begin.push_back(item.begin);
    mapped.raw_end.push_back(item.end);
  }
  return mapped;
}

bool CanonicallyEqual(std::string_view a, std::string_view b) {
  if (a == b) return true;
  if (IsAscii(a) && IsAscii(b)) return false;
  UErrorCode status = U_ZERO_ERROR;
  return Nfc().normalize(ToUtf16(a), status) == Nfc().normalize(ToUtf16(b), status) && U_SUCCESS(status);
}

std::vector<std::string> FoldedDifferences(std::string_view a, std::string_view b) {
  if (CanonicallyEqual(a, b)) return {};
  using Text = std::u32string;
  FoldPeeler peeler(a, b);
  peeler.Peel("ignorable", IsIgnorable, [](char32_t, Text*) {});
  peeler.Peel("space", IsWhiteSpace, [](char32_t, Text* out) {
    if (!out->empty() && out->back() != ' ') out->push_back(' ');
  });
  peeler.Peel("width", IsWidthVariant, [](char32_t c, Text* out) { *out += NormalizedBy(Nfkc(), Text(1, c)); });
  peeler.Peel(
      "quote", [](char32_t c) { return QuoteFold(c) != 0; },
      [](char32_t c, Text* out) { out->push_back(QuoteFold(c)); });
  peeler.Peel(
      "dash", [](char32_t c) { return IsDash(c) && !IsProtected(c); },
      [](char32_t, Text* out) { out->push_back('-'); });
  peeler.Peel(
      "ellipsis", [](char32_t c) { return c == kEllipsis || c == kMidlineEllipsis; },
      [](char32_t, Text* out) { out->append(3, '.'); });
  peeler.Peel("compatibility", IsCompatibility,
              [](char32_t c, Text* out) { *out += NormalizedBy(Nfkc(), Text(1, c)); });
  // A capital sharp s is another case of ß, and only against "ss" another spelling.
  const auto sharp = [](char32_t c) { return IsEszett(c); };
  FoldPeeler cased = peeler;
  cased.Peel(
      "case", [](char32_t c) { return c == 0x1E9E; }, [](char32_t, Text* out) { out->push_back(0xDF); });
  cased.Peel("eszett", sharp, [](char32_t, Text* out) { out->append(2, 's'); });
  if (!cased.Equal()) cased.Add("case");
  std::vector<std::string> found = cased.Found();
  if (found.empty()) found.push_back("compatibility");
  return found;
}

const char* UnicodeVersion() { return U_UNICODE_VERSION; }

}  // namespace reprise
