#include "tests/testing/corpus.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <utility>

#include "formats/decompress.h"
#include "formats/unit_stream.h"

namespace reprise::testing {
namespace {

class Keep : public UnitSink {
 public:
  absl::Status OnUnit(Unit unit, uint64_t) override {
    units.push_back(std::move(unit));
    return absl::OkStatus();
  }
  absl::Status OnRefusal(Refusal) override { return absl::OkStatus(); }

  std::vector<Unit> units;
};

class ToReader : public ByteSink {
 public:
  explicit ToReader(UnitReader* reader) : reader_(reader) {}
  absl::Status Write(std::string_view bytes) override { return reader_->Feed(bytes); }

 private:
  UnitReader* reader_;
};

absl::StatusOr<std::vector<Unit>> Read(Format format, const std::string& bytes) {
  Keep keep;
  ASSIGN_OR_RETURN(std::unique_ptr<UnitReader> reader, NewUnitReader(format, {}, &keep));
  ToReader sink(reader.get());
  Decompressor decompressor(&sink);
  RETURN_IF_ERROR(decompressor.Feed(bytes));
  RETURN_IF_ERROR(decompressor.Finish());
  RETURN_IF_ERROR(reader->Finish());
  return std::move(keep.units);
}

std::vector<Unit> ReadFile(Format format, const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return {};
  const std::string bytes(std::istreambuf_iterator<char>(in), {});
  absl::StatusOr<std::vector<Unit>> units = Read(format, bytes);
  if (!units.ok()) {
    std::fprintf(stderr, "%s: %s\n", file.c_str(), MessageOf(units.status()).c_str());
    std::abort();
  }
  return *std::move(units);
}

std::vector<std::string> Words(const std::string& text) {
  std::vector<std::string> words(1);
  for (const char c : text) {
    if (c == ' ') {
      words.emplace_back();
    } else {
      words.back() += c;
    }
  }
  return words;
}

std::string Joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    if (!text.empty()) text += ' ';
    text += word;
  }
  return text;
}

// Where code point `n` of the text begins.
size_t Offset(const std::string& text, size_t n) {
  size_t at = 0;
  for (; at < text.size() && n > 0; --n) {
    do ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80);
  }
  return at;
}

size_t CodePoints(const std::string& text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

// Null if the unit does not hold the locale.
const std::string* TextIn(const Unit& unit, const std::string& locale) {
  for (const Variant& variant : unit.variants) {
    if (variant.locale == locale) return &variant.content.text;
  }
  return nullptr;
}

}  // namespace

std::vector<Unit> ReadCorpus(const std::string& file) { return ReadFile(Format::kTsv, file); }

size_t CorpusText::Below(size_t below) {
  state_ += 0x9E3779B97F4A7C15ull;  // splitmix64
  uint64_t z = state_;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
  return static_cast<size_t>((z ^ (z >> 31)) % below);
}

std::string CorpusText::OneChange(const std::string& text, const std::string& other) {
  static const char* const kMarks[] = {"%1", "3", "12.5", "<b>", "</b>", "(", "!", "https://a.example/x", "…"};
  std::vector<std::string> words = Words(text);
  const std::vector<std::string> others = Words(other);
  // Texts without spaces change by code points: one is dropped, or a piece of the other is put in.
  if (words.size() < 3) {
    const size_t at = Offset(text, Below(CodePoints(text) + 1));
    if (Below(2) == 0) return text.substr(0, at) + text.substr(at + Offset(text.substr(at), 1));
    const size_t from = Offset(other, Below(CodePoints(other) + 1));
    const std::string piece = other.substr(from);
    return text.substr(0, at) + piece.substr(0, Offset(piece, 1 + Below(4))) + text.substr(at);
  }
  const size_t at = Below(words.size());
  const auto place = words.begin() + static_cast<std::ptrdiff_t>(at);
  switch (Below(7)) {
    case 0: words.erase(place); break;
    case 1: words.insert(place, words[Below(words.size())]); break;
    case 2: std::swap(words[at], words[Below(words.size())]); break;
    case 3: words[at] += Below(2) == 0 ? "s" : "ing"; break;
    case 4: words[at] = others[Below(others.size())]; break;
    case 5: words.insert(place, kMarks[Below(std::size(kMarks))]); break;
    default:
      words.resize(at + 1);
      words.insert(words.end(), others.begin() + static_cast<std::ptrdiff_t>(others.size() / 2), others.end());
  }
  return Joined(words);
}

std::string CorpusText::Perturbed(const std::string& text, const std::string& other) {
  std::string changed = text;
  for (size_t changes = 1 + Below(4); changes > 0; --changes) changed = OneChange(changed, other);
  return changed.find_first_not_of(' ') == std::string::npos ? text : changed;
}

std::vector<Unit> CorpusText::Units(size_t count) {
  std::vector<Unit> samples = ReadFile(Format::kTmx, REPRISE_SOURCE_DIR "/samples/diplomacy.tmx");
  const auto lacks_one = [](const Unit& unit) {
    return TextIn(unit, "en") == nullptr || TextIn(unit, "de") == nullptr;
  };
  samples.erase(std::remove_if(samples.begin(), samples.end(), lacks_one), samples.end());
  if (samples.empty()) std::abort();
  std::vector<Unit> units;
  units.reserve(count);
  while (units.size() < count) {
    Unit unit;
    unit.source_locale = "en";
    if (!units.empty() && Below(8) == 0) {
      unit.variants = units[Below(units.size())].variants;
      if (Below(2) == 0) unit.variants[1].content.text += "!";
    } else {
      const Unit& one = samples[Below(samples.size())];
      const Unit& two = samples[Below(samples.size())];
      for (const char* locale : {"en", "de"}) {
        Variant& variant = unit.variants.emplace_back();
        variant.locale = locale;
        const std::string& second = *TextIn(two, locale);
        variant.content.text = Perturbed(Perturbed(*TextIn(one, locale), second), second);
      }
    }
    units.push_back(std::move(unit));
  }
  return units;
}

}  // namespace reprise::testing
