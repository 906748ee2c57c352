package muster.template.language;

import java.math.BigInteger;
import java.util.Locale;

/** One verb's flags, width and precision, and the layout they ask for. Owned by one {@link Printer}. */
final class PrintFlags {
    private final StringBuilder out;
    boolean sharp;
    boolean plus;
    boolean minus;
    boolean space;
    boolean zero;
    /** {@code %#v} */
    boolean sharpValues;
    /** {@code %+v} */
    boolean plusValues;
    /** -1 for none. */
    int width = -1;
    /** -1 for none. */
    int precision = -1;

    PrintFlags(StringBuilder out) {
        this.out = out;
    }

    void clear() {
        sharp = false;
        plus = false;
        minus = false;
        space = false;
        zero = false;
        sharpValues = false;
        plusValues = false;
        width = -1;
        precision = -1;
    }

    boolean goSyntax() {
        return sharpValues;
    }

    /** For {@code %v} the flags # and + mean forms of values, not of numbers. */
    void forValues() {
        sharpValues = sharp;
        sharp = false;
        plusValues = plus;
        plus = false;
    }

    void pad(String text) {
        pad(text, zero);
    }

    private void pad(String text, boolean zeros) {
        int missing = width - text.codePointCount(0, text.length());
        if (missing > 0 && !minus) {
            out.repeat(zeros ? '0' : ' ', missing);
        }
        out.append(text);
        if (missing > 0 && minus) {
            out.repeat(' ', missing);
        }
    }

    /** A string under s, q, x or X. */
    void text(String text, int verb) {
        if (verb == 'x' || verb == 'X') {
            hexBytes(text, verb == 'X');
            return;
        }
        String cut = text;
        if (precision >= 0 && precision < text.codePointCount(0, text.length())) {
            cut = text.substring(0, text.offsetByCodePoints(0, precision));
        }
        if (verb == 's') {
            pad(cut);
        } else if (sharp && Quoting.canBackquote(cut)) {
            pad("`" + cut + "`");
        } else {
            pad(Quoting.quote(cut, plus));
        }
    }

    private void hexBytes(String text, boolean upper) {
        byte[] bytes = GoText.bytes(text);
        int count = precision >= 0 ? Math.min(precision, bytes.length) : bytes.length;
        StringBuilder hex = new StringBuilder(count * 2 + 2);
        for (int i = 0; i < count; i++) {
            if (space && i > 0) {
                hex.append(' ');
            }
            if (sharp && (space || i == 0)) {
                hex.append(upper ? "0X" : "0x");
            }
            hex.append(String.format(upper ? "%02X" : "%02x", bytes[i]));
        }
        pad(hex.toString());
    }

    void integer(long bits, int base, boolean signed, int verb) {
        boolean negative = signed && bits < 0;
        BigInteger size = BigInteger.valueOf(bits);
        size = negative ? size.negate() : bits < 0 ? size.add(BigInteger.ONE.shiftLeft(64)) : size;
        int digits = 0;
        if (precision >= 0) {
            digits = precision;
            if (precision == 0 && bits == 0) {
                pad("", false);
                return;
            }
        } else if (zero && !minus && width >= 0) {
            digits = width - (negative || plus || space ? 1 : 0);
        }
        String number = size.toString(base);
        if (verb == 'X') {
            number = number.toUpperCase(Locale.ROOT);
        }
        StringBuilder text = new StringBuilder();
        text.append(negative ? "-" : plus ? "+" : space ? " " : "");
        String digitsText = "0".repeat(Math.max(0, digits - number.length())) + number;
        if (sharp) {
            text.append(switch (base) {
                case 2 -> "0b";
                case 8 -> digitsText.startsWith("0") ? "" : "0";
                case 16 -> verb == 'X' ? "0X" : "0x";
                default -> "";
            });
        }
        text.append(verb == 'O' ? "0o" : "").append(digitsText);
        pad(text.toString(), false);
    }

    /** An unsigned integer under {@code %#v}. */
    void prefixedHex(long bits) {
        boolean before = sharp;
        sharp = true;
        integer(bits, 16, false, 'v');
        sharp = before;
    }

    /** An integer under c, q or U. */
    void character(long number, int verb) {
        boolean valid = number >= 0 && number <= Character.MAX_CODE_POINT;
        int c = valid ? (int) number : GoText.REPLACEMENT;
        switch (verb) {
            case 'c' -> pad(Character.toString(c >= 0xd800 && c < 0xe000 ? GoText.REPLACEMENT : c));
            case 'q' -> pad(Quoting.quoteCharacter(c, plus));
            default -> {
                String hex = Long.toHexString(number).toUpperCase(Locale.ROOT);
                String text = "U+" + "0".repeat(Math.max(0, Math.max(4, precision) - hex.length())) + hex;
                pad(sharp && valid && Quoting.isPrintable(c) ? text + " '" + Character.toString(c) + "'" : text, false);
            }
        }
    }

    void real(double value, char format, int defaultPrecision) {
        int digits = precision >= 0 ? precision : defaultPrecision;
        String number = FloatFormat.format(value, format, digits);
        char sign = number.charAt(0) == '-' ? '-' : '+';
        String size = number.charAt(0) == '-' || number.charAt(0) == '+' ? number.substring(1) : number;
        if (sign == '+' && space && !plus) {
            sign = ' ';
        }
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            boolean bare = Double.isNaN(value) && !space && !plus || sign == '+' && !plus;
            pad(bare ? (Double.isNaN(value) ? size : "+" + size) : sign + size, false);
            return;
        }
        if (sharp && format != 'b') {
            size = withPoint(size, format, digits);
        }
        if (!plus && sign == '+') {
            pad(size);
        } else if (zero && !minus && width > size.length() + 1) {
            out.append(sign).repeat('0', width - size.length() - 1).append(size);
        } else {
            pad(sign + size);
        }
    }

    /** The # flag: always a decimal point, and no trailing zeros removed under g. */
    private static String withPoint(String number, char format, int precision) {
        int missing = "gGxX".indexOf(format) >= 0 ? (precision < 0 ? 6 : precision) : 0;
        boolean hex = format == 'x' || format == 'X';
        int tailAt = hex ? Math.max(number.indexOf('p'), number.indexOf('P')) : Math.max(number.indexOf('e'), number.indexOf('E'));
        String tail = tailAt < 0 ? "" : number.substring(tailAt);
        StringBuilder mantissa = new StringBuilder(tailAt < 0 ? number : number.substring(0, tailAt));
        boolean nonZero = false;
        for (int i = 0; i < mantissa.length(); i++) {
            char c = mantissa.charAt(i);
            nonZero |= c != '.' && c != '0';
            if (c != '.' && nonZero) {
                missing--;
            }
        }
        if (mantissa.indexOf(".") < 0) {
            if (mantissa.toString().equals("0")) {
                missing--;
            }
            mantissa.append('.');
        }
        return mantissa.repeat('0', Math.max(0, missing)) + tail;
    }
}
