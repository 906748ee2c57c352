package muster.wire.filter;

import java.util.List;

/** A parsed expression, not yet checked against any rows. */
sealed interface Expression {
    record And(Expression left, Expression right) implements Expression {}

    record Or(Expression left, Expression right) implements Expression {}

    record Not(Expression inner) implements Expression {}

    /** @param value "" for the operators that take none */
    record Match(List<String> selector, Operator operator, String value) implements Expression {}

    /** The operators, by the names that errors use. */
    enum Operator {
        EQUAL("Equal"), NOT_EQUAL("Not Equal"), IN("In"), NOT_IN("Not In"), IS_EMPTY("Is Empty"),
        IS_NOT_EMPTY("Is Not Empty"), MATCHES("Matches"), NOT_MATCHES("Not Matches");

        private final String title;

        Operator(String title) {
            this.title = title;
        }

        @Override
        public String toString() {
            return title;
        }

        /** Whether it is the denial of {@link #positive}. */
        boolean denies() {
            return positive() != this;
        }

        Operator positive() {
            return switch (this) {
                case EQUAL, NOT_EQUAL -> EQUAL;
                case IN, NOT_IN -> IN;
                case IS_EMPTY, IS_NOT_EMPTY -> IS_EMPTY;
                case MATCHES, NOT_MATCHES -> MATCHES;
            };
        }
    }
}
