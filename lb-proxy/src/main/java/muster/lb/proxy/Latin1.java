package muster.lb.proxy;

/** Bytes of a head as text: each byte one character, which loses nothing and needs no decoding. */
final class Latin1 {
    private Latin1() {}

    @SuppressWarnings("deprecation")
    static String text(byte[] bytes, int from, int to) {
        return new String(bytes, 0, from, to - from);
    }
}
