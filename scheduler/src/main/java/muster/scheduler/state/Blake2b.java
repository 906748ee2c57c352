package muster.scheduler.state;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** The digest by which the original names what an object says: BLAKE2b with 256 bits and no key (RFC 7693). Pure. */
final class Blake2b {
    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int BLOCK = 128;
    private static final int LENGTH = 32;
    private static final int ROUNDS = 12;
    private static final long[] START = {0x6a09e667f3bcc908L, 0xbb67ae8584caa73bL, 0x3c6ef372fe94f82bL, 0xa54ff53a5f1d36f1L,
        0x510e527fade682d1L, 0x9b05688c2b3e6c1fL, 0x1f83d9abfb41bd6bL, 0x5be0cd19137e2179L};
    /** Which word of the block each step takes (RFC 7693, 2.7), in hexadecimal; after the tenth round it begins again. */
    private static final String[] ORDER = {"0123456789abcdef", "ea489fd61c02b753", "b8c052fdae367194", "7931dcbe265a40f8",
        "905724afe1bc683d", "2c6a0b834d75fe19", "c51fed4a0763928b", "db7ec13950f4862a", "6fe9b308c2d714a5", "a2847615fb9e3cd0"};

    private Blake2b() {}

    /** Of the texts one after the other, as base64. */
    static String of(String... parts) {
        byte[] text = String.join("", parts).getBytes(StandardCharsets.UTF_8);
        long[] h = START.clone();
        h[0] ^= 0x01010000L ^ LENGTH;
        int blocks = Math.max(1, (text.length + BLOCK - 1) / BLOCK);
        for (int i = 0; i < blocks; i++) {
            byte[] block = new byte[BLOCK];
            int end = Math.min(text.length, (i + 1) * BLOCK);
            System.arraycopy(text, i * BLOCK, block, 0, end - i * BLOCK);
            compress(h, block, end, i == blocks - 1);
        }
        byte[] digest = new byte[LENGTH];
        for (int i = 0; i < LENGTH / Long.BYTES; i++) {
            WORD.set(digest, i * Long.BYTES, h[i]);
        }
        return Base64.getEncoder().encodeToString(digest);
    }

    private static void compress(long[] h, byte[] block, long count, boolean last) {
        long[] v = new long[16];
        System.arraycopy(h, 0, v, 0, 8);
        System.arraycopy(START, 0, v, 8, 8);
        v[12] ^= count;
        if (last) {
            v[14] = ~v[14];
        }
        for (int round = 0; round < ROUNDS; round++) {
            String order = ORDER[round % ORDER.length];
            for (int step = 0; step < 8; step++) {
                int column = step % 4;
                int lean = step < 4 ? 0 : 1;
                mix(v, new int[] {column, 4 + (column + lean) % 4, 8 + (column + 2 * lean) % 4, 12 + (column + 3 * lean) % 4},
                        word(block, order.charAt(2 * step)), word(block, order.charAt(2 * step + 1)));
            }
        }
        for (int i = 0; i < 8; i++) {
            h[i] ^= v[i] ^ v[i + 8];
        }
    }

    private static long word(byte[] block, char hex) {
        return (long) WORD.get(block, Character.digit(hex, 16) * Long.BYTES);
    }

    private static void mix(long[] v, int[] at, long x, long y) {
        v[at[0]] += v[at[1]] + x;
        v[at[3]] = Long.rotateRight(v[at[3]] ^ v[at[0]], 32);
        v[at[2]] += v[at[3]];
        v[at[1]] = Long.rotateRight(v[at[1]] ^ v[at[2]], 24);
        v[at[0]] += v[at[1]] + y;
        v[at[3]] = Long.rotateRight(v[at[3]] ^ v[at[0]], 16);
        v[at[2]] += v[at[3]];
        v[at[1]] = Long.rotateRight(v[at[1]] ^ v[at[2]], 63);
    }
}
