package muster.template.language;

import java.math.BigInteger;

/** The order in which Go prints and ranges over map keys. */
final class ValueOrder {
    private ValueOrder() {}

    static int compare(Value a, Value b) {
        return switch (a) {
            case Value.Text x when b instanceof Value.Text y -> GoText.compare(x.value(), y.value());
            case Value.Int x when b instanceof Value.Int y -> number(x).compareTo(number(y));
            case Value.Real x when b instanceof Value.Real y -> Double.compare(x.value(), y.value());
            case Value.Bool x when b instanceof Value.Bool y -> Boolean.compare(x.value(), y.value());
            case Value.Complex x when b instanceof Value.Complex y -> {
                int byReal = Double.compare(x.real(), y.real());
                yield byReal != 0 ? byReal : Double.compare(x.imaginary(), y.imaginary());
            }
            case Value ignored when rank(a) != rank(b) -> rank(a) - rank(b);
            case Value ignored -> a.toString().compareTo(b.toString());
        };
    }

    static BigInteger number(Value.Int value) {
        BigInteger bits = BigInteger.valueOf(value.bits());
        return value.type().isUnsigned() && bits.signum() < 0 ? bits.add(BigInteger.ONE.shiftLeft(64)) : bits;
    }

    private static int rank(Value value) {
        return switch (value) {
            case Value.Nothing ignored -> 0;
            case Value.Nil ignored -> 0;
            case Value.Int ignored -> 1;
            case Value.Real ignored -> 2;
            case Value.Bool ignored -> 3;
            case Value.Complex ignored -> 4;
            case Value.Text ignored -> 5;
            case Value.ListValue ignored -> 6;
            case Value.MapValue ignored -> 7;
            case Value.Struct ignored -> 8;
        };
    }
}
