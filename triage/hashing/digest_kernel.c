/* Computes MD5, SHA-1 and SHA-256 of several byte strings at once, on x86-64 processors with SHA instructions.
 *
 * MD5 waits for itself at every step. While it waits, the processor computes both SHA digests of the same bytes and all three
 * digests of a second byte string. Hence two lanes; each takes the next byte string when its own ends.
 *
 * No pointer and no branch depends on the content, only on the sizes. No library is called, not even the C library.
 * triage/hashing/digest_kernel.py loads it, compares it with hashlib and uses hashlib wherever it can't be used.
 *
 * Sources: RFC 1321 (MD5), FIPS 180-4 (SHA-1, SHA-256), Intel's "SHA Extensions".
 */

#include <stddef.h>
#include <stdint.h>

#ifdef _WIN32
#define EXPORT __declspec(dllexport)
#else
#define EXPORT __attribute__((visibility("default")))
#endif

#ifndef SOURCE_ID
#define SOURCE_ID 0
#endif

/* Returns the first eight bytes of the SHA-256 of this file, as delivery/build_kernel.py computed it. */
EXPORT uint64_t get_source_id(void);
EXPORT uint64_t get_source_id(void) { return SOURCE_ID; }

/* Returns 1 when this processor and system can run digest_strings, else 0. */
EXPORT int is_supported(void);

/* Digests `count` byte strings. `out` gets 68 bytes for each: MD5 (16), SHA-1 (20), SHA-256 (32). */
EXPORT void digest_strings(size_t count, const uint8_t *const *strings, const uint64_t *sizes, uint8_t *out);

#ifndef __x86_64__

EXPORT int is_supported(void) { return 0; }

EXPORT void digest_strings(size_t count, const uint8_t *const *strings, const uint64_t *sizes, uint8_t *out) {
  (void)count, (void)strings, (void)sizes, (void)out;
}

#else

#include <cpuid.h>
#include <immintrin.h>

EXPORT int is_supported(void) {
  unsigned a, b, c, d, low, high;
  if (!__get_cpuid(1, &a, &b, &c, &d)) return 0;
  const unsigned first = bit_SSSE3 | bit_SSE4_1 | bit_OSXSAVE | bit_AVX;
  if ((c & first) != first) return 0;
  __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  if ((low & 6) != 6) return 0; /* the system keeps the AVX registers */
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return 0;
  const unsigned second = bit_SHA | bit_AVX2 | bit_BMI;
  return (b & second) == second;
}

#define USES_SHA __attribute__((target("sha,sse4.1,avx2,bmi")))
#define INLINE static inline __attribute__((always_inline)) USES_SHA

enum { BLOCK = 64, MD5_BYTES = 16, SHA1_BYTES = 20, ALL_BYTES = 68 };

typedef uint32_t __attribute__((aligned(1), may_alias)) Word; /* anywhere in memory */

static const uint32_t MD5_K[64] = {
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391};

static const uint32_t SHA256_K[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

/* The digests of one byte string so far, in the words of the standards. */
typedef struct {
  uint32_t md5[4], sha1[5], sha256[8];
} State;

static const State START = {
    {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476},
    {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0},
    {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19}};

/* The same within a block, as the instructions want it: SHA-1 as (A, B, C, D) and E, SHA-256 as (A, B, E, F) and (C, D, G, H);
 * with the last 16 words of both schedules. */
typedef struct {
  uint32_t a, b, c, d;
  __m128i sha1, sha1_e, sha1_words[4];
  __m128i sha256_abef, sha256_cdgh, sha256_words[4];
} Lane;

INLINE Lane load(const State *from) {
  Lane lane;
  lane.a = from->md5[0], lane.b = from->md5[1], lane.c = from->md5[2], lane.d = from->md5[3];
  lane.sha1 = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)from->sha1), 0x1b);
  lane.sha1_e = _mm_set_epi32((int)from->sha1[4], 0, 0, 0);
  __m128i abcd = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)from->sha256), 0xb1);
  __m128i efgh = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(from->sha256 + 4)), 0x1b);
  lane.sha256_abef = _mm_alignr_epi8(abcd, efgh, 8);
  lane.sha256_cdgh = _mm_blend_epi16(efgh, abcd, 0xf0);
  return lane;
}

INLINE void store(const Lane *lane, State *to) {
  to->md5[0] = lane->a, to->md5[1] = lane->b, to->md5[2] = lane->c, to->md5[3] = lane->d;
  _mm_storeu_si128((__m128i *)to->sha1, _mm_shuffle_epi32(lane->sha1, 0x1b));
  to->sha1[4] = (uint32_t)_mm_extract_epi32(lane->sha1_e, 3);
  __m128i feba = _mm_shuffle_epi32(lane->sha256_abef, 0x1b), dchg = _mm_shuffle_epi32(lane->sha256_cdgh, 0xb1);
  _mm_storeu_si128((__m128i *)to->sha256, _mm_blend_epi16(feba, dchg, 0xf0));
  _mm_storeu_si128((__m128i *)(to->sha256 + 4), _mm_alignr_epi8(dchg, feba, 8));
}

/* Adds up the digests at the end of a block. */
INLINE void add_block(Lane *lane, const Lane *before) {
  lane->a += before->a, lane->b += before->b, lane->c += before->c, lane->d += before->d;
  lane->sha1_e = _mm_sha1nexte_epu32(lane->sha1_e, before->sha1_e);
  lane->sha1 = _mm_add_epi32(lane->sha1, before->sha1);
  lane->sha256_abef = _mm_add_epi32(lane->sha256_abef, before->sha256_abef);
  lane->sha256_cdgh = _mm_add_epi32(lane->sha256_cdgh, before->sha256_cdgh);
}

/* One step of MD5. What depends on `b`, the word computed last, is added last, so that each step waits as little as possible. */
#define MD5_F(sum, b, c, d) sum += ((c ^ d) & b) ^ d
#define MD5_G(sum, b, c, d) sum += c & ~d, sum += b & d
#define MD5_H(sum, b, c, d) sum += b ^ (c ^ d)
#define MD5_I(sum, b, c, d) sum += c ^ (b | ~d)
#define MD5_STEP(mix, a, b, c, d, step, word, turn) \
  { \
    uint32_t sum = a + MD5_K[step] + ((const Word *)data)[(word) & 15]; \
    mix(sum, b, c, d); \
    a = (sum << (turn) | sum >> (32 - (turn))) + b; \
  }
#define MD5_FOUR(mix, by, first, t0, t1, t2, t3) \
  MD5_STEP(mix, a, b, c, d, step, by * step + first, t0) \
  MD5_STEP(mix, d, a, b, c, step + 1, by * (step + 1) + first, t1) \
  MD5_STEP(mix, c, d, a, b, step + 2, by * (step + 2) + first, t2) \
  MD5_STEP(mix, b, c, d, a, step + 3, by * (step + 3) + first, t3)

/* Steps 4 * group to 4 * group + 3 of 64. */
INLINE void md5_steps(Lane *lane, const uint8_t *data, int group) {
  uint32_t a = lane->a, b = lane->b, c = lane->c, d = lane->d;
  const int step = 4 * group;
  switch (group / 4) {
    case 0: MD5_FOUR(MD5_F, 1, 0, 7, 12, 17, 22) break;
    case 1: MD5_FOUR(MD5_G, 5, 1, 5, 9, 14, 20) break;
    case 2: MD5_FOUR(MD5_H, 3, 5, 4, 11, 16, 23) break;
    default: MD5_FOUR(MD5_I, 7, 0, 6, 10, 15, 21) break;
  }
  lane->a = a, lane->b = b, lane->c = c, lane->d = d;
}

/* Steps 4 * group to 4 * group + 3 of 80. */
INLINE void sha1_steps(Lane *lane, const uint8_t *data, int group) {
  __m128i *words = lane->sha1_words, *own = words + (group & 3);
  if (group < 4) {
    const __m128i reversed = _mm_set_epi64x(0x0001020304050607, 0x08090a0b0c0d0e0f);
    *own = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)data + group), reversed);
  } else {
    __m128i mixed = _mm_xor_si128(_mm_sha1msg1_epu32(*own, words[(group + 1) & 3]), words[(group + 2) & 3]);
    *own = _mm_sha1msg2_epu32(mixed, words[(group + 3) & 3]);
  }
  __m128i e = group ? _mm_sha1nexte_epu32(lane->sha1_e, *own) : _mm_add_epi32(lane->sha1_e, *own);
  lane->sha1_e = lane->sha1;
  switch (group / 5) {
    case 0: lane->sha1 = _mm_sha1rnds4_epu32(lane->sha1, e, 0); break;
    case 1: lane->sha1 = _mm_sha1rnds4_epu32(lane->sha1, e, 1); break;
    case 2: lane->sha1 = _mm_sha1rnds4_epu32(lane->sha1, e, 2); break;
    default: lane->sha1 = _mm_sha1rnds4_epu32(lane->sha1, e, 3); break;
  }
}

/* Steps 4 * group to 4 * group + 3 of 64. */
INLINE void sha256_steps(Lane *lane, const uint8_t *data, int group) {
  __m128i *words = lane->sha256_words, *own = words + (group & 3);
  if (group < 4) {
    const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
    *own = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)data + group), big_endian);
  } else {
    __m128i last = words[(group + 3) & 3], shifted = _mm_alignr_epi8(last, words[(group + 2) & 3], 4);
    *own = _mm_sha256msg2_epu32(_mm_add_epi32(_mm_sha256msg1_epu32(*own, words[(group + 1) & 3]), shifted), last);
  }
  __m128i sum = _mm_add_epi32(*own, _mm_loadu_si128((const __m128i *)(SHA256_K + 4 * group)));
  lane->sha256_cdgh = _mm_sha256rnds2_epu32(lane->sha256_cdgh, lane->sha256_abef, sum);
  lane->sha256_abef = _mm_sha256rnds2_epu32(lane->sha256_abef, lane->sha256_cdgh, _mm_shuffle_epi32(sum, 0x0e));
}

/* A sixteenth of a block. SHA-1 has 20 groups of steps and the others 16, so it takes a fifth one in every fourth turn. */
INLINE void mix_steps(Lane *lane, const uint8_t *for_md5, const uint8_t *for_sha, int group) {
  md5_steps(lane, for_md5, group);
  sha256_steps(lane, for_sha, group);
  sha1_steps(lane, for_sha, group + group / 4);
  if (group % 4 == 3) sha1_steps(lane, for_sha, group + group / 4 + 1);
}

#define EACH_GROUP(DO) \
  DO(0) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7) DO(8) DO(9) DO(10) DO(11) DO(12) DO(13) DO(14) DO(15)

/* Both pointers are the same but at the end of a string, where MD5 and SHA write the size differently. */
static USES_SHA void digest_one(State *state, const uint8_t *for_md5, const uint8_t *for_sha, uint64_t blocks) {
  Lane lane = load(state);
  for (; blocks; blocks--, for_md5 += BLOCK, for_sha += BLOCK) {
    const Lane before = lane;
#define DO_ONE(group) mix_steps(&lane, for_md5, for_sha, group);
    EACH_GROUP(DO_ONE)
    add_block(&lane, &before);
  }
  store(&lane, state);
}

static USES_SHA void digest_two(State *left_state, const uint8_t *left_data, State *right_state, const uint8_t *right_data,
                                uint64_t blocks) {
  Lane left = load(left_state), right = load(right_state);
  for (; blocks; blocks--, left_data += BLOCK, right_data += BLOCK) {
    const Lane left_before = left, right_before = right;
#define DO_TWO(group) mix_steps(&left, left_data, left_data, group), mix_steps(&right, right_data, right_data, group);
    EACH_GROUP(DO_TWO)
    add_block(&left, &left_before), add_block(&right, &right_before);
  }
  store(&left, left_state), store(&right, right_state);
}

/* A byte string at work: `blocks` whole blocks from `at` on are still to be digested. */
typedef struct {
  State state;
  const uint8_t *at;
  uint64_t blocks, size;
  uint8_t *out;
} Job;

static void start(Job *job, const uint8_t *string, uint64_t size, uint8_t *out) {
  job->state = START;
  job->at = string, job->blocks = size / BLOCK, job->size = size, job->out = out;
}

static void advance(Job *job, uint64_t blocks) { job->at += blocks * BLOCK, job->blocks -= blocks; }

/* Digests what follows the last whole block: the rest of the string, a bit, zeros and the size in bits. */
static void finish(Job *job) {
  uint8_t for_md5[2 * BLOCK], for_sha[2 * BLOCK];
  const size_t rest = job->size % BLOCK, length = rest < BLOCK - 8 ? BLOCK : 2 * BLOCK;
  for (size_t i = 0; i < length; i++) for_md5[i] = for_sha[i] = i < rest ? job->at[i] : i == rest ? 0x80 : 0;
  for (size_t i = 0; i < 8; i++) {
    const uint8_t octet = (uint8_t)(job->size * 8 >> 8 * i);
    for_md5[length - 8 + i] = octet, for_sha[length - 1 - i] = octet;
  }
  State *state = &job->state;
  digest_one(state, for_md5, for_sha, length / BLOCK);
  uint8_t *out = job->out;
  for (size_t i = 0; i < MD5_BYTES; i++) *out++ = (uint8_t)(state->md5[i / 4] >> 8 * (i % 4));
  for (size_t i = 0; i < SHA1_BYTES; i++) *out++ = (uint8_t)(state->sha1[i / 4] >> (24 - 8 * (i % 4)));
  for (size_t i = 0; i < ALL_BYTES - MD5_BYTES - SHA1_BYTES; i++) *out++ = (uint8_t)(state->sha256[i / 4] >> (24 - 8 * (i % 4)));
}

EXPORT void digest_strings(size_t count, const uint8_t *const *strings, const uint64_t *sizes, uint8_t *out) {
  Job jobs[2];
  size_t next = 0;
  int busy = 0;
  for (;;) {
    for (; busy < 2 && next < count; next++, busy++) start(&jobs[busy], strings[next], sizes[next], out + ALL_BYTES * next);
    if (busy == 0) return;
    if (busy == 1) {
      digest_one(&jobs[0].state, jobs[0].at, jobs[0].at, jobs[0].blocks);
      advance(&jobs[0], jobs[0].blocks);
    } else {
      const uint64_t both = jobs[0].blocks < jobs[1].blocks ? jobs[0].blocks : jobs[1].blocks;
      digest_two(&jobs[0].state, jobs[0].at, &jobs[1].state, jobs[1].at, both);
      advance(&jobs[0], both), advance(&jobs[1], both);
    }
    if (busy == 2 && jobs[1].blocks == 0) finish(&jobs[1]), busy = 1;
    if (jobs[0].blocks == 0) {
      finish(&jobs[0]);
      if (--busy) jobs[0] = jobs[1];
    }
  }
}

#endif
