/* Two steps of hashing images, in whole numbers and comparisons, on x86-64 processors with AVX2: the passes of pHash's Lanczos
 * resize, and the bits of crop windows.
 *
 * No pointer and no branch depends on the content, only on the sizes. No library is called, not even the C library. Where floating
 * point comes in, it is one subtraction or addition and a comparison, which the standard (IEEE 754) fixes to the last bit.
 * triage/hashing/image_kernel.py loads it, in sandboxed workers only. numpy is the reference, and does it wherever this can't.
 *
 * Sources: Pillow's 8-bit resampling; Facebook ThreatExchange, "PDQ and TMK+PDQF"; docs/hashing.md.
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

/* Returns 1 when this processor and system can run the functions below, else 0. */
EXPORT int is_supported(void);

/* Resizes the rows of a plane (height, width) to 32 samples: `out` is (height, 32).
 *
 * `taps` holds for each of the 32 samples `terms` coefficients, a multiple of 16: by 16, first the upper parts, then the lower 11
 * bits. `starts` says where they begin. `lines` is room for 4 times width + 16 samples. */
EXPORT void shrink_across(const uint8_t *plane, size_t height, size_t width, const int16_t *taps, const uint32_t *starts,
                          size_t terms, int16_t *lines, uint8_t *out);

/* Resizes the columns of a plane to 32 samples: `out` is (32, width). `whole` holds for each of them `terms` coefficients. */
EXPORT void shrink_down(const uint8_t *plane, size_t width, const int32_t *whole, const uint32_t *starts, size_t terms,
                        uint8_t *out);

/* Computes the hashes of `count` windows: 92 bytes each, PDQ and difference hash.
 *
 * A window has 256 coefficients, 16 x 16 cells, and two numbers: how much lighter the right half is, and the lower one. PDQ is 0
 * where too many coefficients lie near the median, or too few steps between cells are large. */
EXPORT void hash_windows(size_t count, const float *coefficients, const float *cells, const float *lighter, uint8_t *out);

#ifndef __x86_64__

EXPORT int is_supported(void) { return 0; }

EXPORT void shrink_across(const uint8_t *plane, size_t height, size_t width, const int16_t *taps, const uint32_t *starts,
                          size_t terms, int16_t *lines, uint8_t *out) {
  (void)plane, (void)height, (void)width, (void)taps, (void)starts, (void)terms, (void)lines, (void)out;
}

EXPORT void shrink_down(const uint8_t *plane, size_t width, const int32_t *whole, const uint32_t *starts, size_t terms,
                        uint8_t *out) {
  (void)plane, (void)width, (void)whole, (void)starts, (void)terms, (void)out;
}

EXPORT void hash_windows(size_t count, const float *coefficients, const float *cells, const float *lighter, uint8_t *out) {
  (void)count, (void)coefficients, (void)cells, (void)lighter, (void)out;
}

#else

#include <cpuid.h>
#include <immintrin.h>

EXPORT int is_supported(void) {
  unsigned a, b, c, d, low, high;
  if (!__get_cpuid(1, &a, &b, &c, &d)) return 0;
  const unsigned first = bit_OSXSAVE | bit_AVX | bit_POPCNT;
  if ((c & first) != first) return 0;
  __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  if ((low & 6) != 6) return 0; /* the system keeps the AVX registers */
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return 0;
  return (b & bit_AVX2) != 0;
}

#define USES_AVX2 __attribute__((target("avx2,popcnt")))
#define INLINE static inline __attribute__((always_inline)) USES_AVX2

#define UNROLLED _Pragma("GCC unroll 32")

/* pHash's grid */

enum { SIDE = 32, FRACTION_BITS = 22, LOWER_BITS = 11, LANES = 16, WORDS = 8, ROWS = 4 };

/* Rounds a sum to 8 bits, as Pillow does. */
INLINE uint8_t round_sum(int32_t sum) {
  int32_t level = (sum + (1 << (FRACTION_BITS - 1))) >> FRACTION_BITS;
  return (uint8_t)(level < 0 ? 0 : level > 255 ? 255 : level);
}

INLINE int32_t add_words(__m256i words) {
  __m128i half = _mm_add_epi32(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
  half = _mm_add_epi32(half, _mm_shuffle_epi32(half, 0x4e));
  return _mm_cvtsi128_si32(_mm_add_epi32(half, _mm_shuffle_epi32(half, 0xb1)));
}

/* Resizes `rows` rows, 1 or ROWS: more rows at once share each coefficient that is loaded. */
INLINE void shrink_rows(size_t rows, const uint8_t *plane, size_t width, const int16_t *tap, const uint32_t *starts,
                        size_t terms, int16_t *lines, uint8_t *out) {
  const size_t apart = width + LANES;
  for (size_t row = 0; row < rows; row++) {
    const uint8_t *from = plane + row * width;
    int16_t *line = lines + row * apart;
    size_t x = 0;
    for (; x + LANES <= width; x += LANES)
      _mm256_storeu_si256((__m256i *)(line + x), _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)(from + x))));
    for (; x < width; x++) line[x] = from[x];
    for (; x < apart; x++) line[x] = 0;
  }
  for (size_t n = 0; n < SIDE; n++) {
    const int16_t *from = lines + starts[n];
    __m256i upper[ROWS], lower[ROWS];
    UNROLLED for (size_t row = 0; row < rows; row++) upper[row] = lower[row] = _mm256_setzero_si256();
    for (size_t k = 0; k < terms; k += LANES, tap += 2 * LANES) {
      const __m256i high = _mm256_loadu_si256((const __m256i *)tap), low = _mm256_loadu_si256((const __m256i *)(tap + LANES));
      UNROLLED for (size_t row = 0; row < rows; row++) {
        const __m256i samples = _mm256_loadu_si256((const __m256i *)(from + row * apart + k));
        upper[row] = _mm256_add_epi32(upper[row], _mm256_madd_epi16(samples, high));
        lower[row] = _mm256_add_epi32(lower[row], _mm256_madd_epi16(samples, low));
      }
    }
    UNROLLED for (size_t row = 0; row < rows; row++) /* what overflows on the way comes back: the whole sum fits */
      out[row * SIDE + n] = round_sum(add_words(_mm256_add_epi32(_mm256_slli_epi32(upper[row], LOWER_BITS), lower[row])));
  }
}

EXPORT USES_AVX2 void shrink_across(const uint8_t *plane, size_t height, size_t width, const int16_t *taps,
                                    const uint32_t *starts, size_t terms, int16_t *lines, uint8_t *out) {
  size_t y = 0;
  for (; y + ROWS <= height; y += ROWS)
    shrink_rows(ROWS, plane + y * width, width, taps, starts, terms, lines, out + y * SIDE);
  for (; y < height; y++) shrink_rows(1, plane + y * width, width, taps, starts, terms, lines, out + y * SIDE);
}

EXPORT USES_AVX2 void shrink_down(const uint8_t *plane, size_t width, const int32_t *whole, const uint32_t *starts,
                                  size_t terms, uint8_t *out) {
  for (size_t n = 0; n < SIDE; n++, whole += terms, out += width) {
    const uint8_t *from = plane + starts[n] * width;
    size_t x = 0;
    for (; x + WORDS <= width; x += WORDS) {
      __m256i sums = _mm256_setzero_si256();
      for (size_t k = 0; k < terms; k++) {
        const __m256i samples = _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)(from + k * width + x)));
        sums = _mm256_add_epi32(sums, _mm256_mullo_epi32(samples, _mm256_set1_epi32(whole[k])));
      }
      int32_t found[WORDS];
      _mm256_storeu_si256((__m256i *)found, sums);
      for (size_t word = 0; word < WORDS; word++) out[x + word] = round_sum(found[word]);
    }
    for (; x < width; x++) {
      int32_t sum = 0;
      for (size_t k = 0; k < terms; k++) sum += whole[k] * from[k * width + x];
      out[x] = round_sum(sum);
    }
  }
}

/* The bits of windows */

enum { COEFFICIENTS = 256, LOWER_MIDDLE = 128, GRID = 16, LINE_BITS = 15, PDQ_BYTES = 32, ENTRY_BYTES = 92 };
enum { MOST_NEAR = 102, LEAST_LARGE = 135 }; /* of 256 coefficients 0.4, of 480 steps 0.28 */

static const float NEAR = 1.0f, NEARLY_EVEN = 0.01f, LIGHTER = 0.1f, LARGE = 2.0f;

/* Returns the lower of the two middle coefficients. Their bits, as signed numbers, are in the order of the coefficients once those
 * of negative ones are turned round; the number is then found bit by bit, by counting. */
INLINE float find_median(const float *coefficients) {
  __m256i keys[COEFFICIENTS / WORDS];
  for (size_t n = 0; n < COEFFICIENTS / WORDS; n++) {
    const __m256i bits = _mm256_loadu_si256((const __m256i *)(coefficients + n * WORDS));
    keys[n] = _mm256_xor_si256(bits, _mm256_srli_epi32(_mm256_srai_epi32(bits, 31), 1));
  }
  uint32_t found = 0; /* the largest number with at most LOWER_MIDDLE - 1 keys below it, from the least possible key on */
  for (uint32_t bit = 1u << 31; bit; bit >>= 1) {
    const __m256i limit = _mm256_set1_epi32((int32_t)((found | bit) ^ (1u << 31)));
    __m256i below = _mm256_setzero_si256();
    for (size_t n = 0; n < COEFFICIENTS / WORDS; n++) below = _mm256_sub_epi32(below, _mm256_cmpgt_epi32(limit, keys[n]));
    found |= add_words(below) < LOWER_MIDDLE ? bit : 0;
  }
  const uint32_t key = found ^ (1u << 31);
  const union {
    uint32_t bits;
    float value;
  } median = {key ^ (key >> 31 ? 0x7fffffffu : 0)};
  return median.value;
}

/* Writes the bits of a PDQ hash, the last coefficient first. Returns how many coefficients lie near the median. */
INLINE int write_pdq(const float *coefficients, uint8_t *out) {
  const __m256 median = _mm256_set1_ps(find_median(coefficients)), near = _mm256_set1_ps(NEAR);
  const __m256 no_sign = _mm256_castsi256_ps(_mm256_set1_epi32(0x7fffffff));
  int count = 0;
  for (size_t n = 0; n < PDQ_BYTES; n++) {
    const __m256 some = _mm256_loadu_ps(coefficients + n * WORDS);
    out[PDQ_BYTES - 1 - n] = (uint8_t)_mm256_movemask_ps(_mm256_cmp_ps(some, median, _CMP_GT_OQ));
    const __m256 off = _mm256_and_ps(_mm256_sub_ps(some, median), no_sign);
    count += __builtin_popcount((unsigned)_mm256_movemask_ps(_mm256_cmp_ps(off, near, _CMP_LT_OQ)));
  }
  return count;
}

INLINE unsigned reverse_bits(unsigned bits) {
  bits = (bits & 0x5555) << 1 | (bits >> 1 & 0x5555);
  bits = (bits & 0x3333) << 2 | (bits >> 2 & 0x3333);
  bits = (bits & 0x0f0f) << 4 | (bits >> 4 & 0x0f0f);
  return (bits & 0x00ff) << 8 | bits >> 8;
}

/* Writes which cells of each line are lighter than the one before. `cells` has one more than 256. Returns how many steps are
 * large. */
INLINE int write_steps(const float *cells, float lighter, uint8_t *out) {
  const __m256 even = _mm256_set1_ps(lighter > LIGHTER ? NEARLY_EVEN : -NEARLY_EVEN), large = _mm256_set1_ps(LARGE);
  const __m256 no_sign = _mm256_castsi256_ps(_mm256_set1_epi32(0x7fffffff));
  uint64_t waiting = 0;
  int count = 0, bits = 0;
  for (size_t line = 0; line < GRID; line++, cells += GRID) {
    unsigned ups = 0, larges = 0;
    for (size_t half = 0; half < 2; half++) {
      const __m256 here = _mm256_loadu_ps(cells + half * WORDS), next = _mm256_loadu_ps(cells + half * WORDS + 1);
      const __m256 step = _mm256_add_ps(_mm256_sub_ps(next, here), even);
      ups |= (unsigned)_mm256_movemask_ps(_mm256_cmp_ps(step, _mm256_setzero_ps(), _CMP_GT_OQ)) << half * WORDS;
      larges |= (unsigned)_mm256_movemask_ps(_mm256_cmp_ps(_mm256_and_ps(step, no_sign), large, _CMP_GT_OQ)) << half * WORDS;
    }
    count += __builtin_popcount(larges & 0x7fff); /* the 16th step would lead to the next line */
    waiting = waiting << LINE_BITS | reverse_bits(ups & 0x7fff) >> 1;
    for (bits += LINE_BITS; bits >= 8; bits -= 8) *out++ = (uint8_t)(waiting >> (bits - 8));
  }
  return count;
}

EXPORT USES_AVX2 void hash_windows(size_t count, const float *coefficients, const float *cells, const float *lighter,
                                   uint8_t *out) {
  enum { CELLS = GRID * GRID, HALF_BYTES = (ENTRY_BYTES - PDQ_BYTES) / 2 };
  for (size_t n = 0; n < count; n++, coefficients += COEFFICIENTS, cells += CELLS, lighter += 2, out += ENTRY_BYTES) {
    float upright[CELLS + 1], turned[CELLS + 1];
    upright[CELLS] = turned[CELLS] = 0;
    for (size_t row = 0; row < GRID; row++)
      for (size_t column = 0; column < GRID; column++)
        upright[row * GRID + column] = turned[column * GRID + row] = cells[row * GRID + column];
    const int near = write_pdq(coefficients, out);
    int large = write_steps(upright, lighter[0], out + PDQ_BYTES);
    large += write_steps(turned, lighter[1], out + PDQ_BYTES + HALF_BYTES);
    const uint8_t kept = near > MOST_NEAR || large < LEAST_LARGE ? 0 : 0xff;
    for (size_t octet = 0; octet < PDQ_BYTES; octet++) out[octet] &= kept;
  }
}

#endif
