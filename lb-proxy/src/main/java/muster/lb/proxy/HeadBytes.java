package muster.lb.proxy;

/** Places in the bytes of a message's head, and which bytes may stand where (RFC 9112, RFC 9110 section 5.6.2). Pure. */
final class HeadBytes {
    private static final boolean[] TOKEN = new boolean[256];

    static {
        for (char c = '0'; c <= '9'; c++) {
            TOKEN[c] = true;
        }
        for (char c = 'a'; c <= 'z'; c++) {
            TOKEN[c] = true;
            TOKEN[Character.toUpperCase(c)] = true;
        }
        for (char c : "!#$%&'*+-.^_`|~".toCharArray()) {
            TOKEN[c] = true;
        }
    }

    private HeadBytes() {}

    /** The place after the empty line that ends a head, or -1 when it is not there yet. */
    static int end(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] == '\n' && (i + 1 < to && bytes[i + 1] == '\n' || i + 2 < to && bytes[i + 1] == '\r' && bytes[i + 2] == '\n')) {
                return bytes[i + 1] == '\n' ? i + 2 : i + 3;
            }
        }
        return -1;
    }

    /** The place of the line's end, its CR or (where that may be missing) its LF. */
    static int lineEnd(byte[] bytes, int from, int to, boolean isStrict) throws BadMessage {
        int feed = indexOf(bytes, '\n', from, to);
        if (feed < 0) {
            throw new BadMessage(isStrict ? 400 : 500, "malformed line end");
        }
        if (feed > from && bytes[feed - 1] == '\r') {
            return feed - 1;
        }
        if (isStrict) {
            throw new BadMessage(400, "malformed line end");
        }
        return feed;
    }

    /** Refuses control characters in a value. */
    static void checkValue(byte[] bytes, int from, int to, int bad) throws BadMessage {
        for (int i = from; i < to; i++) {
            byte b = bytes[i];
            if (b >= 0 && b < ' ' && b != '\t' || b == 0x7f) {
                throw new BadMessage(bad, "control character in a header");
            }
        }
    }

    static boolean isToken(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (!TOKEN[bytes[i] & 0xff]) {
                return false;
            }
        }
        return to > from;
    }

    static int indexOf(byte[] bytes, char wanted, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] == wanted) {
                return i;
            }
        }
        return -1;
    }
}
