package muster.template.language;

import java.util.List;

/** Reads a format and prints operands by it. Positions count characters; Go's marks for mistakes are part of the output. */
final class FormatString {
    private static final int LARGEST = 1_000_000;
    private static final int NONE = -1;

    private final String format;
    private final List<Value> values;
    private final Printer printer;
    private final StringBuilder out;
    private final PrintFlags flags;
    private int at;
    private int operand;
    private boolean reordered;
    private boolean afterIndex;
    private boolean goodIndex;

    FormatString(String format, List<Value> values, Printer printer) {
        this.format = format;
        this.values = values;
        this.printer = printer;
        this.out = printer.out();
        this.flags = printer.flags();
    }

    void run() {
        while (at < format.length()) {
            int percent = format.indexOf('%', at);
            out.append(format, at, percent < 0 ? format.length() : percent);
            if (percent < 0) {
                break;
            }
            at = percent + 1;
            verb();
        }
        if (!reordered && operand < values.size()) {
            flags.clear();
            out.append("%!(EXTRA ");
            for (int i = operand; i < values.size(); i++) {
                out.append(i > operand ? ", " : "");
                printer.surplus(values.get(i));
            }
            out.append(')');
        }
    }

    private void verb() {
        flags.clear();
        goodIndex = true;
        afterIndex = false;
        flags();
        index();
        width();
        precision();
        if (!afterIndex) {
            index();
        }
        if (at >= format.length()) {
            out.append("%!(NOVERB)");
            return;
        }
        int verb = format.codePointAt(at);
        at += Character.charCount(verb);
        if (verb == '%') {
            out.append('%');
        } else if (!goodIndex) {
            out.append("%!").appendCodePoint(verb).append("(BADINDEX)");
        } else if (operand >= values.size()) {
            out.append("%!").appendCodePoint(verb).append("(MISSING)");
        } else {
            if (verb == 'v') {
                flags.forValues();
            }
            printer.argument(values.get(operand++), verb);
        }
    }

    private void flags() {
        while (at < format.length()) {
            switch (format.charAt(at)) {
                case '#' -> flags.sharp = true;
                case '0' -> flags.zero = true;
                case '+' -> flags.plus = true;
                case '-' -> flags.minus = true;
                case ' ' -> flags.space = true;
                default -> {
                    return;
                }
            }
            at++;
        }
    }

    private void width() {
        if (at < format.length() && format.charAt(at) == '*') {
            at++;
            flags.width = fromOperand();
            if (flags.width == NONE) {
                out.append("%!(BADWIDTH)");
            } else if (flags.width < 0) {
                flags.width = -(flags.width + 1);
                flags.minus = true;
                flags.zero = false;
            }
            afterIndex = false;
            return;
        }
        flags.width = number();
        if (afterIndex && flags.width != NONE) {
            goodIndex = false;
        }
    }

    private void precision() {
        if (at >= format.length() || format.charAt(at) != '.') {
            return;
        }
        at++;
        if (afterIndex) {
            goodIndex = false;
        }
        index();
        if (at < format.length() && format.charAt(at) == '*') {
            at++;
            flags.precision = fromOperand();
            if (flags.precision < 0) {
                flags.precision = NONE;
                out.append("%!(BADPREC)");
            }
            afterIndex = false;
            return;
        }
        flags.precision = Math.max(0, number());
    }

    /** An explicit operand index such as {@code [2]}. */
    private void index() {
        if (at >= format.length() || format.charAt(at) != '[') {
            afterIndex = false;
            return;
        }
        reordered = true;
        int close = format.indexOf(']', at);
        if (format.length() - at < 3 || close < 0) {
            at++;
            goodIndex = false;
            afterIndex = false;
            return;
        }
        String digits = format.substring(at + 1, close);
        at = close + 1;
        boolean isNumber = !digits.isEmpty() && digits.length() < 8 && digits.chars().allMatch(c -> c >= '0' && c <= '9');
        int index = isNumber ? Integer.parseInt(digits) - 1 : NONE;
        if (index >= 0 && index < values.size()) {
            operand = index;
            afterIndex = true;
        } else {
            goodIndex = false;
            afterIndex = isNumber;
        }
    }

    /** Digits at this place, or {@link #NONE}. */
    private int number() {
        int start = at;
        int value = 0;
        while (at < format.length() && format.charAt(at) >= '0' && format.charAt(at) <= '9') {
            value = value * 10 + format.charAt(at) - '0';
            if (value > LARGEST) {
                at = format.length();
                return NONE;
            }
            at++;
        }
        return at > start ? value : NONE;
    }

    /** An integer operand, or {@link #NONE}; a negative one is given one less, to leave that value free. */
    private int fromOperand() {
        if (operand >= values.size()) {
            return NONE;
        }
        Value value = values.get(operand++);
        if (!(value instanceof Value.Int number) || Math.abs(number.bits()) > LARGEST) {
            return NONE;
        }
        return (int) (number.bits() < 0 ? number.bits() - 1 : number.bits());
    }
}
