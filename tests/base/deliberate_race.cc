// A data race on purpose. Built with REPRISE_SANITIZE=thread alone, where a test expects it to be reported: that proves
// that the options which silence gRPC and RocksDB (not instrumented) do not silence us.
#include <atomic>
#include <thread>

namespace {

// Not static storage of a kind that the compiler could keep in a register: both threads really write it.
int* volatile shared = nullptr;

void Write(std::atomic<int>* ready) {
  // Both run before either writes; relaxed, so that this orders nothing.
  ready->fetch_add(1, std::memory_order_relaxed);
  while (ready->load(std::memory_order_relaxed) < 2) std::this_thread::yield();
  for (int i = 0; i < 1000; ++i) *shared = i;
}

}  // namespace

int main() {
  int value = 0;
  shared = &value;
  std::atomic<int> ready{0};
  std::thread one([&ready] { Write(&ready); });
  std::thread two([&ready] { Write(&ready); });
  one.join();
  two.join();
  return 0;
}
