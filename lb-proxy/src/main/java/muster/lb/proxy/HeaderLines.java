package muster.lb.proxy;

/**
 * Reads the header lines of an HTTP/1 message, and what they mean for framing and connection (RFC 9112, sections 5 to 9). Strict where two servers could read the same
 * bytes differently: line ends, blanks around names, folded lines, control characters, lengths. Pure.
 */
final class HeaderLines {
    private final int most;

    HeaderLines(int most) {
        this.most = most;
    }

    /** Lines up to and with the empty one, appended to the head's headers. */
    void read(MessageHead head, byte[] bytes, int from, int to, boolean isRequest) throws BadMessage {
        int bad = isRequest ? 400 : 500;
        int at = from;
        while (true) {
            int lineEnd = HeadBytes.lineEnd(bytes, at, to, isRequest);
            int next = bytes[lineEnd] == '\r' ? lineEnd + 2 : lineEnd + 1;
            if (lineEnd == at) {
                return;
            }
            if (head.headers.size() >= most) {
                throw new BadMessage(431, "too many header lines");
            }
            if (bytes[at] == ' ' || bytes[at] == '\t') {
                throw new BadMessage(bad, "folded header line");
            }
            int colon = HeadBytes.indexOf(bytes, ':', at, lineEnd);
            if (colon < 0 || !HeadBytes.isToken(bytes, at, colon)) {
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
            HeadBytes.checkValue(bytes, start, end, bad);
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
}
