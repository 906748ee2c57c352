package muster.template.language;

import java.util.List;

/** Go's html, js and urlquery. */
final class Escapes {
    private static final String HEX = "0123456789ABCDEF";

    private Escapes() {}

    /** The text of the arguments, as an action would print each. */
    static String text(List<Value> values) {
        return Printer.print(values.stream()
                .map(value -> value.isNil() ? Value.text(Printer.NO_VALUE) : value)
                .toList());
    }

    static String html(String text) {
        StringBuilder out = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case 0 -> out.append('\ufffd');
                case '"' -> out.append("&#34;");
                case '\'' -> out.append("&#39;");
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                default -> out.append(c);
            }
        }
        return out.toString();
    }

    static String js(String text) {
        StringBuilder out = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(c -> {
            switch (c) {
                case '\\' -> out.append("\\\\");
                case '\'' -> out.append("\\'");
                case '"' -> out.append("\\\"");
                case '<', '>', '&', '=' -> unicode(out, c);
                default -> {
                    if (c < ' ' || c >= 0x80 && !Quoting.isPrintable(c) && !GoText.isEscapedByte(c)) {
                        unicode(out, c);
                    } else {
                        out.appendCodePoint(c);
                    }
                }
            }
        });
        return out.toString();
    }

    private static void unicode(StringBuilder out, int c) {
        out.append(String.format("\\u%04X", c));
    }

    static String query(String text) {
        StringBuilder out = new StringBuilder(text.length() + 16);
        for (byte b : GoText.bytes(text)) {
            int c = b & 0xff;
            if (c == ' ') {
                out.append('+');
            } else if (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || "-_.~".indexOf(c) >= 0) {
                out.append((char) c);
            } else {
                out.append('%').append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
            }
        }
        return out.toString();
    }
}
