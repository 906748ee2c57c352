package muster.wire;

import java.math.BigDecimal;

/** 64-bit floats as Go prints them. */
public final class GoFloat {
    private GoFloat() {}

    /** As encoding/json: shortest digits, plain below 1e21 and from 1e-6, else with an exponent of the least width. */
    public static String json(double value) {
        if (!Double.isFinite(value)) {
            throw new JsonException("json: unsupported value: " + (Double.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf"));
        }
        if (value == 0) {
            return 1 / value < 0 ? "-0" : "0";
        }
        double size = Math.abs(value);
        BigDecimal digits = new BigDecimal(Double.toString(value)).stripTrailingZeros();
        if (size >= 1e-6 && size < 1e21) {
            return digits.toPlainString();
        }
        String unscaled = digits.unscaledValue().abs().toString();
        int exponent = unscaled.length() - 1 - digits.scale();
        String mantissa = unscaled.length() == 1 ? unscaled : unscaled.charAt(0) + "." + unscaled.substring(1);
        return (value < 0 ? "-" : "") + mantissa + "e" + (exponent < 0 ? "-" : "+") + Math.abs(exponent);
    }
}
