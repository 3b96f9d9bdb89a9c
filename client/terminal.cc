#include "client/terminal.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "client/utf8.h"

namespace reprise::client {
namespace {

constexpr int kBarCells = 24;
constexpr auto kRedrawEvery = std::chrono::milliseconds(100);

// True for what moves the cursor, starts an escape sequence, breaks the line or turns the text around.
bool IsUnsafe(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029 || (c >= 0x202A && c <= 0x202E) ||
         (c >= 0x2066 && c <= 0x2069);
}

void AppendPrintable(char32_t c, std::string* out) {
  if (!IsUnsafe(c)) {
    AppendCodePoint(c, out);
  } else if (c == '\n') {
    *out += "\\n";
  } else if (c == '\r') {
    *out += "\\r";
  } else if (c == '\t') {
    *out += "\\t";
  } else {
    char buffer[16];
    std::snprintf(buffer, sizeof(buffer), "\\u{%x}", static_cast<unsigned>(c));
    *out += buffer;
  }
}

const char* Sequence(Style style) {
  switch (style) {
    case Style::kBold: return "\033[1m";
    case Style::kDim: return "\033[2m";
    case Style::kRemoved: return "\033[31m";
    case Style::kAdded: return "\033[32m";
    case Style::kGuessed: return "\033[36m";
    case Style::kError: return "\033[1;31m";
  }
  return "";
}

}  // namespace

std::string Printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) AppendPrintable(NextCodePoint(&text), &out);
  return out;
}

std::string PrintableLines(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const char32_t c = NextCodePoint(&text);
    if (c == '\n' || c == '\t') {
      out.push_back(static_cast<char>(c));
    } else {
      AppendPrintable(c, &out);
    }
  }
  return out;
}

Terminal Terminal::Standard(std::FILE* stream) {
  const bool tty = isatty(fileno(stream)) == 1;
  const char* no_color = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  const bool refused =
      (no_color != nullptr && *no_color != '\0') || (term != nullptr && std::string_view(term) == "dumb");
  return Terminal(tty, tty && !refused);
}

std::string Terminal::Paint(Style style, std::string_view text) const {
  if (!colour_) return std::string(text);
  std::string out = Sequence(style);
  out += text;
  out += "\033[0m";
  return out;
}

std::string Thousands(uint64_t number) {
  std::string digits = std::to_string(number);
  for (int at = static_cast<int>(digits.size()) - 3; at > 0; at -= 3) digits.insert(static_cast<size_t>(at), ",");
  return digits;
}

std::string Counted(uint64_t number, const char* one, const char* many) {
  return Thousands(number) + " " + (number == 1 ? one : many);
}

std::string ProgressText(const Progress& progress) {
  std::string out = Printable(progress.name);
  if (progress.size > 0) {
    const double share = std::min(1.0, static_cast<double>(progress.read) / static_cast<double>(progress.size));
    const int filled = static_cast<int>(share * kBarCells);
    out += "  [";
    out.append(filled, '=').append(kBarCells - filled, ' ');
    out += "] ";
    out += std::to_string(static_cast<int>(share * 100));
    out += '%';
  }
  out.append("  ").append(Counted(progress.units, "unit", "units"));
  if (progress.seconds > 0) {
    out.append("  ").append(Thousands(static_cast<uint64_t>(static_cast<double>(progress.units) / progress.seconds)));
    out += " units/s";
  }
  if (progress.refused > 0) out.append("  ").append(Thousands(progress.refused)).append(" refused");
  return out;
}

void ProgressLine::Show(const Progress& progress) {
  if (!enabled_) return;
  const auto now = std::chrono::steady_clock::now();
  if (shown_ && now - last_ < kRedrawEvery) return;
  last_ = now;
  shown_ = true;
  std::fprintf(stderr, "\r\033[K%s", ProgressText(progress).c_str());
  std::fflush(stderr);
}

void ProgressLine::Clear() {
  if (!shown_) return;
  shown_ = false;
  std::fputs("\r\033[K", stderr);
  std::fflush(stderr);
}

}  // namespace reprise::client
