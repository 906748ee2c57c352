package muster.lb.choose;

/** Hashes that are the same in every process and version, so that several balancers send a key to the same target. */
final class Hash {
    private Hash() {}

    /** A number above 0 and below 1 out of two texts. */
    static double unit(String key, String name) {
        long hash = mixed(text(text(0xcbf29ce484222325L, key) ^ 0xff, name));
        return ((hash >>> 11) + 0.5) / (1L << 53);
    }

    /** FNV-1a over the characters. */
    private static long text(long start, String text) {
        long hash = start;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        }
        return hash;
    }

    /** The last steps of MurmurHash3: every input bit moves about half of the output's. */
    private static long mixed(long hash) {
        long h = (hash ^ hash >>> 33) * 0xff51afd7ed558ccdL;
        h = (h ^ h >>> 33) * 0xc4ceb9fe1a85ec53L;
        return h ^ h >>> 33;
    }
}
