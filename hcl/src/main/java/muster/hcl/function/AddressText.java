package muster.hcl.function;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** IP addresses as text, without asking any resolver. */
final class AddressText {
    private AddressText() {}

    /** The 4 or 16 bytes of an address; throws {@link NumberFormatException} for anything else. */
    static byte[] parse(String text) {
        return text.indexOf(':') >= 0 ? parseSix(text) : parseFour(text);
    }

    private static byte[] parseFour(String text) {
        String[] parts = text.split("\\.", -1);
        if (parts.length != 4) {
            throw new NumberFormatException(text);
        }
        byte[] bytes = new byte[4];
        for (int i = 0; i < 4; i++) {
            if (parts[i].length() > 3) {
                throw new NumberFormatException(text);
            }
            int part = Integer.parseUnsignedInt(parts[i]);
            if (part > 255) {
                throw new NumberFormatException(text);
            }
            bytes[i] = (byte) part;
        }
        return bytes;
    }

    private static byte[] parseSix(String text) {
        int gap = text.indexOf("::");
        List<Integer> head = groups(gap < 0 ? text : text.substring(0, gap));
        List<Integer> tail = gap < 0 ? List.of() : groups(text.substring(gap + 2));
        int given = head.size() + tail.size();
        if (gap < 0 ? given != 8 : given > 7) {
            throw new NumberFormatException(text);
        }
        byte[] bytes = new byte[16];
        for (int i = 0; i < head.size(); i++) {
            put(bytes, i, head.get(i));
        }
        for (int i = 0; i < tail.size(); i++) {
            put(bytes, 8 - tail.size() + i, tail.get(i));
        }
        return bytes;
    }

    private static List<Integer> groups(String text) {
        List<Integer> groups = new ArrayList<>();
        if (!text.isEmpty()) {
            for (String part : text.split(":", -1)) {
                if (part.length() > 4) {
                    throw new NumberFormatException(text);
                }
                groups.add(Integer.parseUnsignedInt(part, 16));
            }
        }
        return groups;
    }

    private static void put(byte[] bytes, int group, int value) {
        bytes[2 * group] = (byte) (value >> 8);
        bytes[2 * group + 1] = (byte) value;
    }

    /** An address of {@code bits} bits; IPv6 in the canonical form of RFC 5952. */
    static String format(BigInteger address, int bits) {
        int parts = bits == 32 ? 4 : 8;
        int size = bits / parts;
        int[] values = new int[parts];
        for (int i = 0; i < parts; i++) {
            values[i] = address.shiftRight(size * (parts - 1 - i)).intValue() & (1 << size) - 1;
        }
        return bits == 32 ? values[0] + "." + values[1] + "." + values[2] + "." + values[3] : six(values);
    }

    private static String six(int[] values) {
        int bestStart = -1;
        int bestLength = 1;
        for (int i = 0; i < 8; i++) {
            int j = i;
            while (j < 8 && values[j] == 0) {
                j++;
            }
            if (j - i > bestLength) {
                bestStart = i;
                bestLength = j - i;
            }
        }
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            if (i == bestStart) {
                out.append("::");
                i += bestLength - 1;
            } else {
                if (!out.isEmpty() && out.charAt(out.length() - 1) != ':') {
                    out.append(':');
                }
                out.append(Integer.toHexString(values[i]));
            }
        }
        return out.toString();
    }
}
