package muster.wire.filter;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import muster.wire.GoQuote;

/**
 * An expression, checked against the shape of the rows. Rows are trees of plain values; what a row leaves out is its
 * shape's zero value. Immutable; any thread may ask. (Consul HTTP API: Filtering)
 */
public final class Filter {
    private final Predicate<Map<String, Object>> condition;

    private Filter(Predicate<Map<String, Object>> condition) {
        this.condition = condition;
    }

    /** Throws {@link FilterException} for what is no expression on such rows. An empty text accepts all rows. */
    public static Filter of(String text, Shape.Struct rows) {
        if (text.isBlank()) {
            return new Filter(row -> true);
        }
        Test test = compile(FilterParser.parse(text), rows);
        return new Filter(test::holds);
    }

    /** Fails as {@link #of} does for what is no expression, whatever rows it may be about. */
    public static void requireSyntax(String text) {
        FilterParser.parse(text);
    }

    public boolean accepts(Map<String, Object> row) {
        return condition.test(row);
    }

    /** The rows that it accepts, in their order. */
    public List<Map<String, Object>> keep(List<Map<String, Object>> rows) {
        return rows.stream().filter(condition).toList();
    }

    private interface Test {
        boolean holds(Object value);
    }

    private static Test compile(Expression expression, Shape.Struct rows) {
        return switch (expression) {
            case Expression.And(Expression left, Expression right) -> {
                Test a = compile(left, rows);
                Test b = compile(right, rows);
                yield row -> a.holds(row) && b.holds(row);
            }
            case Expression.Or(Expression left, Expression right) -> {
                Test a = compile(left, rows);
                Test b = compile(right, rows);
                yield row -> a.holds(row) || b.holds(row);
            }
            case Expression.Not(Expression inner) -> {
                Test denied = compile(inner, rows);
                yield row -> !denied.holds(row);
            }
            case Expression.Match match -> select(rows, match, 0);
        };
    }

    /** The test of what the selector finds from its part {@code at} on. */
    private static Test select(Shape shape, Expression.Match match, int at) {
        if (at == match.selector().size()) {
            return leaf(shape, match);
        }
        String name = match.selector().get(at);
        return switch (shape) {
            case Shape.Struct(Map<String, Shape> fields) -> {
                Shape field = fields.get(name);
                if (field == null) {
                    throw invalidSelector(match);
                }
                Test inner = select(field, match, at + 1);
                yield row -> inner.holds(row instanceof Map<?, ?> map ? map.get(name) : null);
            }
            case Shape.MapOf(Shape value) -> {
                Test inner = select(value, match, at + 1);
                boolean absent = match.operator().denies();
                yield row -> row instanceof Map<?, ?> map && map.containsKey(name) ? inner.holds(map.get(name)) : absent;
            }
            case Shape.ListOf(Shape.Struct element) -> {
                Test inner = select(element, match, at);
                yield rows -> rows instanceof Collection<?> list && list.stream().anyMatch(inner::holds);
            }
            case Shape.Text t -> throw invalidSelector(match);
            case Shape.Number n -> throw invalidSelector(match);
            case Shape.Bool b -> throw invalidSelector(match);
            case Shape.Texts t -> throw invalidSelector(match);
        };
    }

    private static Test leaf(Shape shape, Expression.Match match) {
        Test positive = positive(shape, match);
        return match.operator().denies() ? value -> !positive.holds(value) : positive;
    }

    private static Test positive(Shape shape, Expression.Match match) {
        String wanted = match.value();
        return switch (match.operator().positive()) {
            case EQUAL -> switch (shape) {
                case Shape.Text t -> value -> text(value).equals(wanted);
                case Shape.Number n -> {
                    double number = number(match);
                    yield value -> (value instanceof Number found ? found.doubleValue() : 0) == number;
                }
                case Shape.Bool b -> {
                    boolean flag = bool(match);
                    yield value -> Boolean.TRUE.equals(value) == flag;
                }
                case Shape.Texts t -> throw invalidOperator(match);
                case Shape.MapOf m -> throw invalidOperator(match);
                case Shape.ListOf l -> throw invalidOperator(match);
                case Shape.Struct s -> throw invalidOperator(match);
            };
            case IN -> switch (shape) {
                case Shape.Text t -> value -> text(value).contains(wanted);
                case Shape.Texts t -> value -> value instanceof Collection<?> list && list.contains(wanted);
                case Shape.MapOf m -> value -> value instanceof Map<?, ?> map && map.containsKey(wanted);
                case Shape.Number n -> throw invalidOperator(match);
                case Shape.Bool b -> throw invalidOperator(match);
                case Shape.ListOf l -> throw invalidOperator(match);
                case Shape.Struct s -> throw invalidOperator(match);
            };
            case IS_EMPTY -> switch (shape) {
                case Shape.Texts t -> Filter::isEmpty;
                case Shape.MapOf m -> Filter::isEmpty;
                case Shape.ListOf l -> Filter::isEmpty;
                case Shape.Text t -> throw invalidOperator(match);
                case Shape.Number n -> throw invalidOperator(match);
                case Shape.Bool b -> throw invalidOperator(match);
                case Shape.Struct s -> throw invalidOperator(match);
            };
            case MATCHES -> {
                if (!(shape instanceof Shape.Text)) {
                    throw invalidOperator(match);
                }
                Pattern pattern = pattern(wanted);
                yield value -> pattern.matcher(text(value)).find();
            }
            case NOT_EQUAL, NOT_IN, IS_NOT_EMPTY, NOT_MATCHES ->
                throw new IllegalStateException(match.operator() + " is no positive operator");
        };
    }

    private static String text(Object value) {
        return value instanceof String text ? text : "";
    }

    private static boolean isEmpty(Object value) {
        return switch (value) {
            case null -> true;
            case Collection<?> list -> list.isEmpty();
            case Map<?, ?> map -> map.isEmpty();
            default -> false;
        };
    }

    private static double number(Expression.Match match) {
        try {
            return Double.parseDouble(match.value());
        } catch (NumberFormatException e) {
            throw new FilterException("Failed to coerce value " + GoQuote.quote(match.value())
                    + " for selector " + GoQuote.quote(selector(match))
                    + ": strconv.ParseInt: parsing " + GoQuote.quote(match.value()) + ": invalid syntax");
        }
    }

    private static boolean bool(Expression.Match match) {
        return switch (match.value()) {
            case "1", "t", "T", "TRUE", "true", "True" -> true;
            case "0", "f", "F", "FALSE", "false", "False" -> false;
            default -> throw new FilterException("Failed to coerce value " + GoQuote.quote(match.value())
                    + " for selector " + GoQuote.quote(selector(match))
                    + ": strconv.ParseBool: parsing " + GoQuote.quote(match.value()) + ": invalid syntax");
        };
    }

    private static Pattern pattern(String regex) {
        try {
            return Pattern.compile(regex);
        } catch (PatternSyntaxException e) {
            throw new FilterException("Failed to compile regular expression " + GoQuote.quote(regex) + ": " + e.getMessage());
        }
    }

    private static String selector(Expression.Match match) {
        return String.join(".", match.selector());
    }

    private static FilterException invalidSelector(Expression.Match match) {
        return new FilterException("Selector " + GoQuote.quote(selector(match)) + " is not valid");
    }

    private static FilterException invalidOperator(Expression.Match match) {
        return new FilterException("Invalid match operator " + GoQuote.quote(match.operator().toString())
                + " for selector " + GoQuote.quote(selector(match)));
    }
}
