// Runs kernels on the host. Threads of a block are fibers: each goes on until it waits or returns. A fiber whose thread
// returned runs the next, so that a kernel without barriers is a plain loop.
#include <csetjmp>
#include <memory>
#include <string>
#include <ucontext.h>
#include <utility>
#include <vector>

#include "common.cuh"

namespace f32 {
typedef float Value;
#include "layers.cuh"
}  // namespace f32
namespace bf16 {
typedef __nv_bfloat16 Value;
#include "layers.cuh"
}  // namespace bf16
namespace training {
#include "training.cuh"
}  // namespace training
namespace field {
#include "field.cuh"
}  // namespace field
namespace checks {
#include "checks.cuh"
}  // namespace checks

genphys::Index threadIdx, blockIdx, blockDim, gridDim;

namespace genphys {

enum Kind : uint32_t { ADDRESS, COUNT, WORD, NUMBER };

// As src/lib.rs has it.
struct Argument {
    uint32_t kind;
    uint64_t bits;
};

template <typename T> struct Parameter;
template <typename T> struct Parameter<T*> {
    static constexpr Kind kind = ADDRESS;
    static constexpr size_t alignment = alignof(T);
    static T* value(uint64_t bits) { return reinterpret_cast<T*>(uintptr_t(bits)); }
};
template <> struct Parameter<int> {
    static constexpr Kind kind = COUNT;
    static constexpr size_t alignment = 1;
    static int value(uint64_t bits) { return bits_as<int>(uint32_t(bits)); }
};
template <> struct Parameter<unsigned> {
    static constexpr Kind kind = WORD;
    static constexpr size_t alignment = 1;
    static unsigned value(uint64_t bits) { return uint32_t(bits); }
};
template <> struct Parameter<float> {
    static constexpr Kind kind = NUMBER;
    static constexpr size_t alignment = 1;
    static float value(uint64_t bits) { return bits_as<float>(uint32_t(bits)); }
};

struct Kernel {
    const char* module;
    const char* name;
    std::vector<Kind> kinds;
    std::vector<size_t> alignments;
    void (*call)(const Argument*);
};

template <auto kernel> struct Entry;
template <typename... P, void (*kernel)(P...)> struct Entry<kernel> {
    template <size_t... I> static void apply(const Argument* arguments, std::index_sequence<I...>) {
        (void)arguments;
        kernel(Parameter<P>::value(arguments[I].bits)...);
    }
    static void call(const Argument* arguments) { apply(arguments, std::index_sequence_for<P...>{}); }
    static Kernel of(const char* module, const char* name) {
        return {module, name, {Parameter<P>::kind...}, {Parameter<P>::alignment...}, call};
    }
};

static const Kernel KERNELS[] = {
#define REGISTER(module, name) Entry<module::name>::of(#module, #name),
#include "registered.inc"
#undef REGISTER
};

constexpr size_t STACK = 64 << 10;
constexpr unsigned char GUARD = 0xfe;

struct Fiber {
    std::unique_ptr<unsigned char[]> stack;
    ucontext_t start;
    jmp_buf place;
    bool started = false;
};

enum Waiting { FOR_NOTHING, FOR_BLOCK, FOR_WARP };

struct Thread {
    Fiber* fiber;
    Waiting waiting;
    bool returned;
    uint32_t mask, given, received;
    unsigned lane;
};

static std::vector<std::unique_ptr<Fiber>> fibers;
static std::vector<Fiber*> free_fibers;
static Fiber* running;
static ucontext_t never_used;
static jmp_buf scheduler;

static const Kernel* kernel;
static const Argument* arguments;
static std::vector<Thread> threads;
static unsigned started, returned, waiting_for_block;
static bool backwards;

static std::vector<SharedArray*> shared_arrays;
static std::vector<uint64_t> dynamic_memory;

void* dynamic_shared() { return reinterpret_cast<void*>((uintptr_t(dynamic_memory.data()) + 15) / 16 * 16); }

static unsigned char* guard_of(const SharedArray& array) {
    return static_cast<unsigned char*>(array.values) + array.bytes;
}
static void refresh(const SharedArray& array) {
    std::memset(array.values, 0xff, array.bytes);
    std::memset(guard_of(array), GUARD, SHARED_GUARD);
}
static bool intact(const unsigned char* guard) {
    return std::all_of(guard, guard + SHARED_GUARD, [](unsigned char byte) { return byte == GUARD; });
}

void use(SharedArray& array) {
    if (array.used) return;
    refresh(array);
    array.used = true;
    shared_arrays.push_back(&array);
}

static Thread& this_thread() { return threads[threadIdx.x]; }

// Lets the threads of the block go on if all wait that have not returned.
static void release_block() {
    if (waiting_for_block == 0 || waiting_for_block + returned < threads.size()) return;
    for (Thread& thread : threads) thread.waiting = FOR_NOTHING;
    waiting_for_block = 0;
}

// Lets those of a warp go on that wait for each other if all of them wait.
static void release_warp(unsigned first, uint32_t mask) {
    const unsigned end = std::min<unsigned>(first + 32, unsigned(threads.size()));
    const auto takes_part = [&](unsigned i) { return (mask >> (i - first) & 1) && !threads[i].returned; };
    for (unsigned i = first; i < end; i++) {
        if (takes_part(i) && (threads[i].waiting != FOR_WARP || threads[i].mask != mask)) return;
    }
    for (unsigned i = first; i < end; i++) {
        if (!takes_part(i)) continue;
        const unsigned from = first + threads[i].lane;
        threads[i].received = from < end && takes_part(from) ? threads[from].given : 0xffffffffu;
        threads[i].waiting = FOR_NOTHING;
    }
}

// Goes to the scheduler, unless there is no need to wait any more.
[[gnu::noinline]] static void wait(Thread& thread) {
    if (thread.waiting == FOR_NOTHING) return;
    const Index index = threadIdx;
    if (!_setjmp(running->place)) _longjmp(scheduler, 1);
    threadIdx = index;
}

void wait_for_block() {
    Thread& thread = this_thread();
    thread.fiber = running;
    thread.waiting = FOR_BLOCK;
    waiting_for_block++;
    release_block();
    wait(thread);
}

uint32_t exchange(uint32_t mask, uint32_t bits, unsigned lane) {
    Thread& thread = this_thread();
    thread.fiber = running;
    thread.waiting = FOR_WARP;
    thread.mask = mask, thread.given = bits, thread.lane = lane;
    release_warp(threadIdx.x / 32 * 32, mask);
    wait(thread);
    return thread.received;
}

static void finish(unsigned i) {
    threads[i].returned = true;
    returned++;
    release_block();
    const unsigned first = i / 32 * 32, end = std::min<unsigned>(first + 32, unsigned(threads.size()));
    for (unsigned other = first; other < end; other++) {
        if (threads[other].waiting == FOR_WARP) release_warp(first, threads[other].mask);
    }
}

// What a fiber does: threads nobody has begun, one after the other.
[[gnu::noinline]] static void run_threads() {
    for (;;) {
        while (started < threads.size()) {
            const unsigned count = unsigned(threads.size()), i = backwards ? count - 1 - started : started;
            started++;
            threadIdx = {i, 0, 0};
            kernel->call(arguments);
            finish(threadIdx.x);
        }
        free_fibers.push_back(running);
        if (!_setjmp(running->place)) _longjmp(scheduler, 1);
    }
}

[[gnu::noinline]] static void prepare(Fiber& fiber) {
    fiber.stack = std::make_unique<unsigned char[]>(STACK);
    std::memset(fiber.stack.get(), GUARD, SHARED_GUARD);
    getcontext(&fiber.start);
    fiber.start.uc_stack.ss_sp = fiber.stack.get();
    fiber.start.uc_stack.ss_size = STACK;
    fiber.start.uc_link = nullptr;
    makecontext(&fiber.start, run_threads, 0);
}

static Fiber* idle_fiber() {
    if (!free_fibers.empty()) {
        Fiber* fiber = free_fibers.back();
        free_fibers.pop_back();
        return fiber;
    }
    fibers.push_back(std::make_unique<Fiber>());
    prepare(*fibers.back());
    return fibers.back().get();
}

// Runs a fiber until its thread waits, or it has no thread left.
[[gnu::noinline]] static void go_on(Fiber* fiber) {
    running = fiber;
    if (_setjmp(scheduler)) return;
    if (fiber->started) _longjmp(fiber->place, 1);
    fiber->started = true;
    swapcontext(&never_used, &fiber->start);
}

static bool run_block(unsigned count) {
    threads.assign(count, Thread{});
    started = returned = waiting_for_block = 0;
    while (started < count) go_on(idle_fiber());
    while (returned < count) {
        bool moved = false;
        for (unsigned turn = 0; turn < count; turn++) {
            Thread& thread = threads[backwards ? count - 1 - turn : turn];
            if (thread.returned || thread.waiting != FOR_NOTHING) continue;
            moved = true;
            go_on(thread.fiber);
        }
        if (!moved) return false;
    }
    return true;
}

static std::string named(Kind kind) {
    switch (kind) {
    case ADDRESS: return "an address";
    case COUNT: return "an int";
    case WORD: return "an unsigned int";
    case NUMBER: return "a float";
    }
    return "something unknown";
}

static std::string launch(const char* module, const char* name, unsigned blocks, unsigned count, unsigned shared,
                          bool reversed, const Argument* given, size_t length) {
    kernel = nullptr;
    for (const Kernel& each : KERNELS) {
        if (!std::strcmp(each.module, module) && !std::strcmp(each.name, name)) kernel = &each;
    }
    if (!kernel) return "there is no such kernel";
    if (kernel->kinds.size() != length) {
        return "takes " + std::to_string(kernel->kinds.size()) + " arguments, not " + std::to_string(length);
    }
    for (size_t i = 0; i < length; i++) {
        const std::string argument = "argument " + std::to_string(i);
        if (given[i].kind != kernel->kinds[i]) {
            return argument + " is " + named(kernel->kinds[i]) + ", not " + named(Kind(given[i].kind));
        }
        if (given[i].bits % kernel->alignments[i]) return argument + " is not aligned";
    }
    if (blocks == 0 || blocks > 0x7fffffff) return "runs in 1 to 2^31 - 1 blocks";
    if (count == 0 || count > 1024) return "runs in blocks of 1 to 1024 threads";
    if (shared > 48 << 10) return "takes more than 48 KiB of shared memory";

    arguments = given;
    dynamic_memory.assign((shared + 16 + SHARED_GUARD) / 8 + 1, 0);
    gridDim = {blocks, 1, 1};
    blockDim = {count, 1, 1};
    for (unsigned block = 0; block < blocks; block++) {
        blockIdx = {block, 0, 0};
        backwards = reversed != (block % 2 == 1);
        SharedArray dynamic{dynamic_shared(), shared, false};
        use(dynamic);
        const bool ended = run_block(count);
        bool whole = true;
        for (SharedArray* array : shared_arrays) {
            whole &= intact(guard_of(*array));
            array->used = false;
        }
        shared_arrays.clear();
        if (!ended) {
            // Their threads will never return.
            fibers.clear();
            free_fibers.clear();
            return "threads wait for each other";
        }
        if (!whole) return "writes beyond its shared memory";
    }
    for (const auto& fiber : fibers) {
        if (!intact(fiber->stack.get())) return "needs more stack than the emulator gives a thread";
    }
    return "";
}

}  // namespace genphys

// Writes what is wrong, nothing if all is well, to `message`, with a zero at its end.
extern "C" void genphys_emulator_launch(const char* module, const char* name, uint32_t blocks, uint32_t threads,
                                        uint32_t shared, bool reversed, const genphys::Argument* arguments,
                                        size_t length, char* message, size_t room) {
    const std::string error = genphys::launch(module, name, blocks, threads, shared, reversed, arguments, length);
    const size_t bytes = std::min(error.size(), room - 1);
    std::memcpy(message, error.data(), bytes);
    message[bytes] = 0;
}
