package muster.lb.proxy;

import muster.lb.exchange.HttpVersion;

/**
 * Reads heads of HTTP/1 messages (RFC 9112). Strict where two servers could read the same bytes differently: line ends, blanks around names,
 * folded lines, control characters, lengths. Pure.
 */
final class HeadParser {
    private final HeaderLines lines;

    HeadParser(int maxHeaders) {
        this.lines = new HeaderLines(maxHeaders);
    }

    /** A whole request's head. */
    MessageHead request(byte[] bytes, int from, int to) throws BadMessage {
        MessageHead head = new MessageHead();
        int lineEnd = HeadBytes.lineEnd(bytes, from, to, true);
        int space = HeadBytes.indexOf(bytes, ' ', from, lineEnd);
        int second = space < 0 ? -1 : HeadBytes.indexOf(bytes, ' ', space + 1, lineEnd);
        if (second < 0) {
            throw new BadMessage(400, "malformed request line");
        }
        if (!HeadBytes.isToken(bytes, from, space)) {
            throw new BadMessage(400, "malformed method");
        }
        head.method = method(bytes, from, space);
        head.version = version(bytes, second + 1, lineEnd);
        head.target = target(bytes, space + 1, second);
        lines.read(head, bytes, lineEnd + 2, to, true);
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
        int lineEnd = HeadBytes.lineEnd(bytes, from, to, false);
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
        HeadBytes.checkValue(bytes, reason, lineEnd, 500);
        head.reason = lineEnd - reason == 2 && bytes[reason] == 'O' && bytes[reason + 1] == 'K' ? "OK" : Latin1.text(bytes, reason, lineEnd);
        lines.read(head, bytes, bytes[lineEnd] == '\r' ? lineEnd + 2 : lineEnd + 1, to, false);
        return head;
    }

    /** Trailer lines, up to and with their empty line, appended to the head's headers. */
    void trailers(MessageHead head, byte[] bytes, int from, int to) throws BadMessage {
        lines.read(head, bytes, from, to, true);
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
}
