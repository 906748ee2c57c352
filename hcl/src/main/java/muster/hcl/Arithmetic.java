package muster.hcl;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * Calculation with the 512 bits of precision that HCL has, about 154 decimal digits, and a bound on the size of a result, so
 * that no expression can ask for a number that takes the memory to write out.
 */
public final class Arithmetic {
    private static final MathContext PRECISION = new MathContext(154, RoundingMode.HALF_EVEN);
    private static final int MAX_EXPONENT = 4096;

    private Arithmetic() {}

    /** {@code a + b}. */
    public static BigDecimal add(BigDecimal a, BigDecimal b) throws ConversionException {
        return bounded(a.add(b, PRECISION));
    }

    /** {@code a - b}. */
    public static BigDecimal subtract(BigDecimal a, BigDecimal b) throws ConversionException {
        return bounded(a.subtract(b, PRECISION));
    }

    /** {@code a * b}. */
    public static BigDecimal multiply(BigDecimal a, BigDecimal b) throws ConversionException {
        return bounded(a.multiply(b, PRECISION));
    }

    /** {@code a / b}; fails for a zero {@code b}. */
    public static BigDecimal divide(BigDecimal a, BigDecimal b) throws ConversionException {
        if (b.signum() == 0) {
            throw new ConversionException("division by zero");
        }
        return bounded(a.divide(b, PRECISION));
    }

    /** The remainder of {@code a / b} with the sign of {@code a}; fails for a zero {@code b}. */
    public static BigDecimal remainder(BigDecimal a, BigDecimal b) throws ConversionException {
        if (b.signum() == 0) {
            throw new ConversionException("division by zero");
        }
        return bounded(a.remainder(b));
    }

    private static BigDecimal bounded(BigDecimal number) throws ConversionException {
        if (number.signum() != 0 && Math.abs((long) number.precision() - number.scale()) > MAX_EXPONENT) {
            throw new ConversionException("the result is too large or too small");
        }
        return number;
    }
}
