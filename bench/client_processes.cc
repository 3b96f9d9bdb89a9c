#include "bench/client_processes.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <utility>

namespace reprise::bench {
namespace {

bool WriteAll(int fd, const void* data, size_t size) {
  const char* next = static_cast<const char*>(data);
  while (size > 0) {
    const ssize_t n = write(fd, next, size);
    if (n <= 0) return false;
    next += n;
    size -= static_cast<size_t>(n);
  }
  return true;
}

bool ReadAll(int fd, void* data, size_t size) {
  char* next = static_cast<char*>(data);
  while (size > 0) {
    const ssize_t n = read(fd, next, size);
    if (n <= 0) return false;
    next += n;
    size -= static_cast<size_t>(n);
  }
  return true;
}

bool WriteBytes(int fd, const void* data, size_t size) {
  const uint64_t length = size;
  return WriteAll(fd, &length, sizeof(length)) && WriteAll(fd, data, size);
}

template <typename Container>
bool ReadBytes(int fd, Container* out) {
  uint64_t length = 0;
  if (!ReadAll(fd, &length, sizeof(length))) return false;
  out->resize(length / sizeof((*out)[0]));
  return ReadAll(fd, out->data(), length);
}

// A client's whole life: tasks come in, each answered by a status, its processor time and its times.
void Serve(int from, int to, const ClientProcesses::Work& work) {
  std::string task;
  while (ReadBytes(from, &task)) {
    Times times;
    const double before = ProcessorUs();
    const absl::Status status = work(task, &times);
    const double used = ProcessorUs() - before;
    const int code = static_cast<int>(status.code());
    const std::string message = status.ok() ? "" : MessageOf(status);
    const bool told = WriteAll(to, &code, sizeof(code)) && WriteBytes(to, message.data(), message.size()) &&
                      WriteAll(to, &used, sizeof(used)) &&
                      WriteBytes(to, times.all().data(), times.size() * sizeof(double));
    if (!told) return;
  }
}

}  // namespace

double ProcessorUs() {
  rusage used = {};
  getrusage(RUSAGE_SELF, &used);
  auto us = [](const timeval& t) { return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_usec); };
  return us(used.ru_utime) + us(used.ru_stime);
}

absl::StatusOr<std::unique_ptr<ClientProcesses>> ClientProcesses::Fork(int count, Work work) {
  std::unique_ptr<ClientProcesses> out(new ClientProcesses());
  for (int i = 0; i < count; ++i) {
    int tasks[2] = {-1, -1};
    int results[2] = {-1, -1};
    if (pipe(tasks) != 0) return ResourceExhausted("no more pipes");
    if (pipe(results) != 0) {
      close(tasks[0]);
      close(tasks[1]);
      return ResourceExhausted("no more pipes");
    }
    const pid_t pid = fork();
    if (pid == 0) {
      // Ends of its own and of those before it, which would otherwise never see the end of their tasks.
      close(tasks[1]);
      close(results[0]);
      for (const Client& other : out->clients_) {
        close(other.to);
        close(other.from);
      }
      Serve(tasks[0], results[1], work);
      _exit(0);
    }
    close(tasks[0]);
    close(results[1]);
    out->clients_.push_back({.pid = pid, .to = tasks[1], .from = results[0]});
    if (pid < 0) return ResourceExhausted("no more processes");
  }
  std::signal(SIGPIPE, SIG_IGN);  // a client that is gone is an error of Run
  return out;
}

ClientProcesses::~ClientProcesses() {
  for (const Client& client : clients_) {
    close(client.to);
    close(client.from);
  }
  for (const Client& client : clients_) {
    if (client.pid > 0) waitpid(client.pid, nullptr, 0);
  }
}

absl::StatusOr<ClientsResult> ClientProcesses::Run(int count, const std::string& task) {
  const absl::Status gone = Internal("a client process is gone");
  ClientsResult out;
  const auto start = std::chrono::steady_clock::now();
  const auto asked = static_cast<size_t>(count);
  for (size_t i = 0; i < asked; ++i) {
    if (!WriteBytes(clients_[i].to, task.data(), task.size())) return gone;
  }
  absl::Status failed;
  for (size_t i = 0; i < asked; ++i) {
    int code = 0;
    std::string message;
    double used = 0;
    std::vector<double> times;
    const int from = clients_[i].from;
    const bool told = ReadAll(from, &code, sizeof(code)) && ReadBytes(from, &message) &&
                      ReadAll(from, &used, sizeof(used)) && ReadBytes(from, &times);
    if (!told) return gone;
    if (code != 0 && failed.ok()) failed = MakeStatus(static_cast<absl::StatusCode>(code), message);
    out.processor_us += used;
    for (const double ms : times) out.times.Add(ms);
  }
  RETURN_IF_ERROR(failed);
  out.wall_ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  return out;
}

}  // namespace reprise::bench
