package muster.scheduler.job;

import java.util.Map;

/** The {@code checksum} option of an artifact: {@code type:hex}. */
final class Checksum {
    private static final Map<String, Integer> BYTES = Map.of("md5", 16, "sha1", 20, "sha256", 32, "sha512", 64);

    private Checksum() {}

    /** What is wrong with it; empty text when nothing is. */
    static String fault(String checksum) {
        String text = checksum.strip();
        if (text.isEmpty()) {
            return "checksum value cannot be empty";
        }
        int colon = text.indexOf(':');
        if (colon < 0 || text.indexOf(':', colon + 1) >= 0) {
            return "checksum must be given as \"type:value\"; got \"" + text + "\"";
        }
        String type = text.substring(0, colon);
        String value = text.substring(colon + 1);
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (Character.digit(c, 16) < 0 || c > 'f') {
                return String.format("invalid checksum: encoding/hex: invalid byte: U+%04X '%c'", (int) c, c);
            }
        }
        if (value.length() % 2 != 0) {
            return "invalid checksum: encoding/hex: odd length hex string";
        }
        Integer bytes = BYTES.get(type);
        if (bytes == null) {
            return "unsupported checksum type: " + type;
        }
        return value.length() == 2 * bytes ? "" : "invalid " + type + " checksum: " + value;
    }
}
