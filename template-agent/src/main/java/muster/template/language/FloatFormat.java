package muster.template.language;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;

/** Floats as Go's strconv.FormatFloat writes them. */
final class FloatFormat {
    /** As many digits as identify the number. */
    static final int SHORTEST = -1;

    /** value = 0.DIGITS × 10^point. */
    private record Decimal(String digits, int point) {}

    private FloatFormat() {}

    /** The number in one of the formats b, e, E, f, g, G, x, X; a minus sign if negative, never a plus. */
    static String format(double value, char format, int precision) {
        if (Double.isNaN(value)) {
            return "NaN";
        }
        String sign = value < 0 || 1 / value < 0 ? "-" : "";
        double size = Math.abs(value);
        if (Double.isInfinite(size)) {
            return sign.isEmpty() ? "+Inf" : "-Inf";
        }
        return sign + switch (format) {
            case 'b' -> binary(size);
            case 'x', 'X' -> {
                String hex = hexadecimal(size, precision);
                yield format == 'X' ? hex.toUpperCase(Locale.ROOT) : hex;
            }
            case 'f' -> fixed(size, precision);
            case 'e', 'E' -> scientific(round(size, precision < 0 ? SHORTEST : precision + 1), precision, format);
            default -> general(size, precision, format);
        };
    }

    private static String general(double size, int precision, char format) {
        int digitLimit = precision == 0 ? 1 : precision;
        Decimal decimal = round(size, digitLimit);
        int count = decimal.digits().length();
        int threshold = precision < 0 ? 6 : digitLimit;
        if (precision >= 0 && threshold > count && count >= decimal.point()) {
            threshold = count;
        }
        int exponent = decimal.point() - 1;
        if (exponent < -4 || exponent >= Math.max(threshold, precision < 0 ? 6 : 0)) {
            return scientific(decimal, Math.min(precision < 0 ? count : digitLimit, count) - 1, format == 'G' ? 'E' : 'e');
        }
        return plain(decimal, Math.max(count - decimal.point(), 0));
    }

    private static String fixed(double size, int precision) {
        if (precision < 0) {
            Decimal shortest = round(size, SHORTEST);
            return plain(shortest, Math.max(shortest.digits().length() - shortest.point(), 0));
        }
        return new BigDecimal(size).setScale(precision, RoundingMode.HALF_EVEN).toPlainString();
    }

    private static String plain(Decimal decimal, int fractionDigits) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < decimal.point(); i++) {
            out.append(digit(decimal, i));
        }
        if (out.isEmpty()) {
            out.append('0');
        }
        if (fractionDigits > 0) {
            out.append('.');
            for (int i = 0; i < fractionDigits; i++) {
                out.append(digit(decimal, decimal.point() + i));
            }
        }
        return out.toString();
    }

    private static char digit(Decimal decimal, int index) {
        return index >= 0 && index < decimal.digits().length() ? decimal.digits().charAt(index) : '0';
    }

    private static String scientific(Decimal decimal, int precision, char format) {
        StringBuilder out = new StringBuilder().append(decimal.digits().charAt(0));
        int fraction = precision < 0 ? decimal.digits().length() - 1 : precision;
        if (fraction > 0) {
            out.append('.');
            for (int i = 1; i <= fraction; i++) {
                out.append(digit(decimal, i));
            }
        }
        boolean zero = decimal.digits().equals("0");
        int exponent = zero ? 0 : decimal.point() - 1;
        return out.append(format).append(exponent < 0 ? '-' : '+').append(Math.abs(exponent) < 10 ? "0" : "")
                .append(Math.abs(exponent)).toString();
    }

    /** The significant digits: so many, or the fewest that identify the number. Trailing zeros are dropped. */
    private static Decimal round(double size, int digits) {
        if (size == 0) {
            return new Decimal("0", 1);
        }
        BigDecimal decimal = digits < 0
                ? shortest(size)
                : new BigDecimal(size).round(new MathContext(digits, RoundingMode.HALF_EVEN));
        BigDecimal stripped = decimal.stripTrailingZeros();
        String text = stripped.unscaledValue().toString();
        return new Decimal(text, text.length() - stripped.scale());
    }

    /** Java's shortest form has at least two digits; for a few tiny numbers one is enough. */
    private static BigDecimal shortest(double size) {
        BigDecimal decimal = new BigDecimal(Double.toString(size));
        if (decimal.stripTrailingZeros().precision() == 2) {
            BigDecimal one = decimal.round(new MathContext(1, RoundingMode.HALF_EVEN));
            if (one.doubleValue() == size) {
                return one;
            }
        }
        return decimal;
    }

    private static String binary(double size) {
        long bits = Double.doubleToLongBits(size);
        int exponent = (int) (bits >> 52);
        long mantissa = bits & 0xfffffffffffffL;
        if (exponent == 0) {
            exponent = 1;
        } else {
            mantissa |= 1L << 52;
        }
        int power = exponent - 1075;
        return mantissa + "p" + (power < 0 ? "" : "+") + power;
    }

    private static String hexadecimal(double size, int precision) {
        if (size == 0) {
            return "0x0" + (precision > 0 ? "." + "0".repeat(precision) : "") + "p+00";
        }
        int exponent = Math.getExponent(size);
        long mantissa = Double.doubleToLongBits(size) & 0xfffffffffffffL;
        if (exponent < Double.MIN_EXPONENT) {
            int shift = Long.numberOfLeadingZeros(mantissa) - 11;
            mantissa <<= shift;
            exponent = Double.MIN_EXPONENT - shift;
        } else {
            mantissa |= 1L << 52;
        }
        if (precision >= 0 && precision < 13) {
            int drop = (13 - precision) * 4;
            long half = 1L << (drop - 1);
            long rest = mantissa & ((1L << drop) - 1);
            mantissa >>= drop;
            if (rest > half || rest == half && (mantissa & 1) == 1) {
                mantissa++;
            }
            mantissa <<= drop;
            if (mantissa >> 53 != 0) {
                mantissa >>= 1;
                exponent++;
            }
        }
        String fraction = String.format("%013x", mantissa & 0xfffffffffffffL);
        fraction = precision < 0 ? fraction.replaceAll("0+$", "")
                : precision <= 13 ? fraction.substring(0, precision) : fraction + "0".repeat(precision - 13);
        int power = Math.abs(exponent);
        return "0x1" + (fraction.isEmpty() ? "" : "." + fraction) + "p" + (exponent < 0 ? '-' : '+') + (power < 10 ? "0" : "") + power;
    }
}
