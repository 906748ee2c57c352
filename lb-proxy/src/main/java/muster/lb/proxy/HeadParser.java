package muster.lb.proxy;

import muster.lb.exchange.HttpVersion;

/**
 * Reads heads of HTTP/1 messages (RFC 9112). Strict where two servers could read the same bytes differently: line ends, blanks around names,
 * folded lines, control characters, lengths. Pure.
 */
final class HeadParser {
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

    private final int maxHeaders;

    HeadParser(int maxHeaders) {
        this.maxHeaders = maxHeaders;
    }

    /** The place after the empty line that ends a head, or -1 when it is not there yet. */
    static int end(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] == '\n' && (i + 1 < to && bytes[i + 1] == '\n' || i + 2 < to && bytes[i + 1] == '\r' && bytes[i + 2] == '\n')) {
                return bytes[i + 1] == '\n' ? i + 2 : i + 3;
            }
        }
        return -1;
    }

    /** A whole request's head. */
    MessageHead request(byte[] bytes, int from, int to) throws BadMessage {
        MessageHead head = new MessageHead();
        int lineEnd = lineEnd(bytes, from, to, true);
        int space = indexOf(bytes, ' ', from, lineEnd);
        int second = space < 0 ? -1 : indexOf(bytes, ' ', space + 1, lineEnd);
        if (second < 0) {
            throw new BadMessage(400, "malformed request line");
        }
        if (!isToken(bytes, from, space)) {
            throw new BadMessage(400, "malformed method");
        }
        head.method = method(bytes, from, space);
        head.version = version(bytes, second + 1, lineEnd);
        head.target = target(bytes, space + 1, second);
        lines(head, bytes, lineEnd + 2, to, true);
        if (head.hasTransferEncoding && head.version == HttpVersion.HTTP_1_0) {
            throw new BadMessage(400, "transfer coding in HTTP/1.0");
        }
        if (head.hasTransferEncoding && head.contentLength != MessageHead.NO_LENGTH) {
            throw new BadMessage(400, "ambiguous length");
        }
        return head;
    }

    /** A whole answer's head. Line ends may lack their CR, which nothing after us will see. */
    MessageHead response(byte[] bytes, int from, int to) throws BadMessage {
        MessageHead head = new MessageHead();
        int lineEnd = lineEnd(bytes, from, to, false);
        boolean isHttp = lineEnd - from >= 12 && bytes[from] == 'H' && bytes[from + 1] == 'T' && bytes[from + 2] == 'T' && bytes[from + 3] == 'P'
                && bytes[from + 4] == '/' && bytes[from + 5] == '1' && bytes[from + 6] == '.' && bytes[from + 8] == ' ';
        if (!isHttp || bytes[from + 7] != '0' && bytes[from + 7] != '1') {
            throw new BadMessage(500, "no HTTP/1 answer");
        }
        head.version = bytes[from + 7] == '0' ? HttpVersion.HTTP_1_0 : HttpVersion.HTTP_1_1;
        for (int i = from + 9; i < from + 12; i++) {
            if (bytes[i] < '0' || bytes[i] > '9') {
                throw new BadMessage(500, "malformed status");
            }
            head.status = head.status * 10 + bytes[i] - '0';
        }
        if (head.status < 100 || lineEnd > from + 12 && bytes[from + 12] != ' ') {
            throw new BadMessage(500, "malformed status");
        }
        int reason = Math.min(from + 13, lineEnd);
        checkValue(bytes, reason, lineEnd, 500);
        head.reason = lineEnd - reason == 2 && bytes[reason] == 'O' && bytes[reason + 1] == 'K' ? "OK" : Latin1.text(bytes, reason, lineEnd);
        lines(head, bytes, bytes[lineEnd] == '\r' ? lineEnd + 2 : lineEnd + 1, to, false);
        return head;
    }

    /** Trailer lines, up to and with their empty line, appended to the head's headers. */
    void trailers(MessageHead head, byte[] bytes, int from, int to) throws BadMessage {
        lines(head, bytes, from, to, true);
    }

    private void lines(MessageHead head, byte[] bytes, int from, int to, boolean isRequest) throws BadMessage {
        int bad = isRequest ? 400 : 500;
        int at = from;
        while (true) {
            int lineEnd = lineEnd(bytes, at, to, isRequest);
            int next = bytes[lineEnd] == '\r' ? lineEnd + 2 : lineEnd + 1;
            if (lineEnd == at) {
                return;
            }
            if (head.headers.size() >= maxHeaders) {
                throw new BadMessage(431, "too many header lines");
            }
            if (bytes[at] == ' ' || bytes[at] == '\t') {
                throw new BadMessage(bad, "folded header line");
            }
            int colon = indexOf(bytes, ':', at, lineEnd);
            if (colon < 0 || !isToken(bytes, at, colon)) {
                throw new BadMessage(bad, "malformed header name");
            }
            int start = colon + 1;
            int end = lineEnd;
            while (start < end && (bytes[start] == ' ' || bytes[start] == '\t')) {
                start++;
            }
            while (end > start && (bytes[end - 1] == ' ' || bytes[end - 1] == '\t')) {
                end--;
            }
            checkValue(bytes, start, end, bad);
            String name = HeaderNames.of(bytes, at, colon);
            String value = Latin1.text(bytes, start, end);
            head.headers.add(name, value);
            note(head, name, value, bad);
            at = next;
        }
    }

    /** What a line means for framing and connection. */
    private static void note(MessageHead head, String name, String value, int bad) throws BadMessage {
        switch (name.length()) {
            case 4 -> {
                if (name.equalsIgnoreCase("Host")) {
                    head.hosts++;
                    head.host = value;
                }
            }
            case 6 -> {
                if (name.equalsIgnoreCase("Expect")) {
                    head.expect = value;
                }
            }
            case 7 -> {
                if (name.equalsIgnoreCase("Upgrade")) {
                    head.upgrade = value;
                }
            }
            case 10 -> {
                if (name.equalsIgnoreCase("Connection")) {
                    head.hasConnection = true;
                    connection(head, value);
                }
            }
            case 14 -> {
                if (name.equalsIgnoreCase("Content-Length")) {
                    if (head.contentLength != MessageHead.NO_LENGTH) {
                        throw new BadMessage(bad, "ambiguous length");
                    }
                    head.contentLength = length(value, bad);
                }
            }
            case 17 -> {
                if (name.equalsIgnoreCase("Transfer-Encoding")) {
                    if (head.hasTransferEncoding) {
                        throw new BadMessage(bad, "ambiguous length");
                    }
                    if (!value.equalsIgnoreCase("chunked")) {
                        throw new BadMessage(bad == 400 ? 501 : bad, "unsupported transfer encoding");
                    }
                    head.hasTransferEncoding = true;
                    head.isChunked = true;
                }
            }
            default -> { }
        }
    }

    private static void connection(MessageHead head, String value) {
        if (value.equalsIgnoreCase("close")) {
            head.saysClose = true;
        } else if (value.equalsIgnoreCase("keep-alive")) {
            head.saysKeepAlive = true;
        } else {
            for (String member : value.split(",")) {
                String word = member.strip();
                head.saysClose |= word.equalsIgnoreCase("close");
                head.saysKeepAlive |= word.equalsIgnoreCase("keep-alive");
                head.saysUpgrade |= word.equalsIgnoreCase("upgrade");
            }
        }
    }

    private static long length(String value, int bad) throws BadMessage {
        long length = 0;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c < '0' || c > '9' || i >= 18) {
                throw new BadMessage(bad, "malformed Content-Length");
            }
            length = length * 10 + c - '0';
        }
        if (value.isEmpty()) {
            throw new BadMessage(bad, "malformed Content-Length");
        }
        return length;
    }

    /** The place of the line's end, its CR or (where that may be missing) its LF. */
    private static int lineEnd(byte[] bytes, int from, int to, boolean isStrict) throws BadMessage {
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

    private static void checkValue(byte[] bytes, int from, int to, int bad) throws BadMessage {
        for (int i = from; i < to; i++) {
            byte b = bytes[i];
            if (b >= 0 && b < ' ' && b != '\t' || b == 0x7f) {
                throw new BadMessage(bad, "control character in a header");
            }
        }
    }

    private static HttpVersion version(byte[] bytes, int from, int to) throws BadMessage {
        boolean isHttp = to - from == 8 && bytes[from] == 'H' && bytes[from + 1] == 'T' && bytes[from + 2] == 'T' && bytes[from + 3] == 'P'
                && bytes[from + 4] == '/' && bytes[from + 6] == '.';
        if (!isHttp || bytes[from + 5] < '0' || bytes[from + 5] > '9' || bytes[from + 7] < '0' || bytes[from + 7] > '9') {
            throw new BadMessage(400, "malformed HTTP version");
        }
        if (bytes[from + 5] != '1' || bytes[from + 7] > '1') {
            throw new BadMessage(505, "unsupported protocol version");
        }
        return bytes[from + 7] == '0' ? HttpVersion.HTTP_1_0 : HttpVersion.HTTP_1_1;
    }

    /** The request target; bytes above ASCII are percent-encoded, so that one form of it goes round. */
    private static String target(byte[] bytes, int from, int to) throws BadMessage {
        boolean isPlain = true;
        for (int i = from; i < to; i++) {
            byte b = bytes[i];
            if (b >= 0 && b <= ' ' || b == 0x7f || b == '#') {
                throw new BadMessage(400, "malformed request target");
            }
            isPlain &= b >= 0;
        }
        if (from == to) {
            throw new BadMessage(400, "malformed request line");
        }
        return isPlain ? Latin1.text(bytes, from, to) : encoded(bytes, from, to);
    }

    private static String encoded(byte[] bytes, int from, int to) {
        StringBuilder out = new StringBuilder(to - from + 32);
        for (int i = from; i < to; i++) {
            if (bytes[i] >= 0) {
                out.append((char) bytes[i]);
            } else {
                out.append('%').append(Character.toUpperCase(Character.forDigit(bytes[i] >> 4 & 15, 16)))
                        .append(Character.toUpperCase(Character.forDigit(bytes[i] & 15, 16)));
            }
        }
        return out.toString();
    }

    private static String method(byte[] bytes, int from, int to) {
        if (to - from == 3 && bytes[from] == 'G' && bytes[from + 1] == 'E' && bytes[from + 2] == 'T') {
            return "GET";
        }
        if (to - from == 4 && bytes[from] == 'P' && bytes[from + 1] == 'O' && bytes[from + 2] == 'S' && bytes[from + 3] == 'T') {
            return "POST";
        }
        return Latin1.text(bytes, from, to);
    }

    private static boolean isToken(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (!TOKEN[bytes[i] & 0xff]) {
                return false;
            }
        }
        return to > from;
    }

    private static int indexOf(byte[] bytes, char wanted, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] == wanted) {
                return i;
            }
        }
        return -1;
    }
}
