package muster.hcl.function;

import static muster.hcl.function.Definitions.any;
import static muster.hcl.function.Definitions.decimal;
import static muster.hcl.function.Definitions.items;
import static muster.hcl.function.Definitions.list;
import static muster.hcl.function.Definitions.nullable;
import static muster.hcl.function.Definitions.number;
import static muster.hcl.function.Definitions.whole;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import muster.hcl.Conversion;
import muster.hcl.ConversionException;
import muster.hcl.FunctionException;
import muster.hcl.Type;
import muster.hcl.Value;

/** Lists and tuples. */
final class ListFunctions {
    /** {@code range} makes no longer lists. */
    private static final int MAX_RANGE = 1024;

    private static final int MAX_ITEMS = 1_000_000;

    private ListFunctions() {}

    static void define(Definitions d) {
        d.values("length", ListFunctions::length, any("collection"));
        d.values("element", ListFunctions::element, any("list"), number("index"));
        d.values("index", ListFunctions::index, any("collection"), any("key"));
        d.values("contains", ListFunctions::contains, any("list"), any("value"));
        d.values("distinct", a -> like(a.get(0), new ArrayList<>(new LinkedHashSet<>(items(a, 0)))), any("list"));
        d.values("compact", ListFunctions::compact, list("list", Type.STRING));
        d.values("chunklist", ListFunctions::chunks, any("list"), number("size"));
        d.values("flatten", a -> flatten(items(a, 0)), any("list"));
        d.values("slice", ListFunctions::slice, any("list"), number("start_index"), number("end_index"));
        d.variadic("concat", ListFunctions::concat, any("seqs"));
        d.variadic("coalesce", ListFunctions::coalesce, nullable("vals"));
        d.variadic("coalescelist", ListFunctions::coalesceList, nullable("vals"));
        d.variadic("range", ListFunctions::range, number("params"));
    }

    private static Value like(Value source, List<Value> items) {
        return source.type() instanceof Type.ListOf(Type element) ? Value.list(element, items) : Value.tuple(items);
    }

    private static Value length(List<Value> a) throws FunctionException {
        return switch (a.get(0)) {
            case Value.Sequence sequence -> Value.number(sequence.items().size());
            case Value.Mapping mapping when mapping.type() instanceof Type.MapOf -> Value.number(mapping.entries().size());
            case Value.Mapping mapping -> Value.number(mapping.entries().size());
            case Value.Text _, Value.Number _, Value.Bool _, Value.Null _, Value.Unknown _ ->
                throw new FunctionException("collection must be a list, a map or a tuple");
        };
    }

    private static Value element(List<Value> a) throws FunctionException {
        List<Value> items = items(a, 0);
        if (items.isEmpty()) {
            throw new FunctionException("cannot use element function with an empty list");
        }
        return items.get(Math.floorMod(whole(a, 1), items.size()));
    }

    private static Value index(List<Value> a) throws FunctionException {
        try {
            if (a.get(0) instanceof Value.Mapping mapping
                    && Conversion.convert(a.get(1), Type.STRING) instanceof Value.Text(String key)
                    && mapping.entries().containsKey(key)) {
                return mapping.entries().get(key);
            }
            List<Value> items = a.get(0) instanceof Value.Mapping ? List.of() : items(a, 0);
            BigDecimal position = ((Value.Number) Conversion.convert(a.get(1), Type.NUMBER)).value();
            if (position.signum() >= 0 && position.compareTo(BigDecimal.valueOf(items.size())) < 0) {
                return items.get(position.intValueExact());
            }
        } catch (ConversionException | ArithmeticException e) {
            throw new FunctionException(1, "key for list must be a whole number");
        }
        throw new FunctionException("invalid index");
    }

    private static Value contains(List<Value> a) throws FunctionException {
        Value wanted = a.get(1);
        return Value.bool(items(a, 0).contains(wanted));
    }

    private static Value compact(List<Value> a) throws FunctionException {
        List<Value> kept = items(a, 0).stream()
                .filter(item -> item instanceof Value.Text(String text) && !text.isEmpty())
                .toList();
        return Value.list(Type.STRING, kept);
    }

    private static Value chunks(List<Value> a) throws FunctionException {
        List<Value> items = items(a, 0);
        int size = whole(a, 1);
        if (size < 0) {
            throw new FunctionException(1, "the size argument must be positive");
        }
        List<Value> chunks = new ArrayList<>();
        int step = size == 0 ? Math.max(1, items.size()) : size;
        for (int i = 0; i < items.size(); i += step) {
            chunks.add(like(a.get(0), items.subList(i, Math.min(items.size(), i + step))));
        }
        return Value.tuple(chunks);
    }

    private static Value flatten(List<Value> items) {
        List<Value> flat = new ArrayList<>();
        collect(items, flat);
        return Value.tuple(flat);
    }

    private static void collect(List<Value> items, List<Value> into) {
        for (Value item : items) {
            if (item instanceof Value.Sequence sequence) {
                collect(sequence.items(), into);
            } else {
                into.add(item);
            }
        }
    }

    private static Value slice(List<Value> a) throws FunctionException {
        List<Value> items = items(a, 0);
        int start = whole(a, 1);
        int end = whole(a, 2);
        if (start < 0) {
            throw new FunctionException(1, "start index must not be less than zero");
        }
        if (end > items.size()) {
            throw new FunctionException(2, "end index must not be greater than the length of the list");
        }
        if (start > end) {
            throw new FunctionException(1, "start index must not be greater than end index");
        }
        return like(a.get(0), items.subList(start, end));
    }

    private static Value concat(List<Value> a) throws FunctionException {
        if (a.isEmpty()) {
            throw new FunctionException("at least one argument is required");
        }
        List<Value> all = new ArrayList<>();
        for (int i = 0; i < a.size(); i++) {
            all.addAll(items(a, i));
            if (all.size() > MAX_ITEMS) {
                throw new FunctionException("the result has more than " + MAX_ITEMS + " items");
            }
        }
        boolean lists = a.stream().allMatch(v -> v.type() instanceof Type.ListOf && v.type().equals(a.getFirst().type()));
        return lists ? like(a.getFirst(), all) : Value.tuple(all);
    }

    private static Value coalesce(List<Value> a) throws FunctionException {
        Optional<Type> common = Conversion.unify(a.stream().map(Value::type).toList());
        if (common.isEmpty()) {
            throw new FunctionException("all arguments must have the same type");
        }
        for (Value value : a) {
            if (!value.isNull()) {
                try {
                    return Conversion.convert(value, common.get());
                } catch (ConversionException e) {
                    throw new FunctionException(e.getMessage());
                }
            }
        }
        throw new FunctionException("no non-null arguments");
    }

    private static Value coalesceList(List<Value> a) throws FunctionException {
        for (Value value : a) {
            if (value instanceof Value.Sequence sequence && !sequence.items().isEmpty()) {
                return value;
            }
        }
        throw new FunctionException("no non-null arguments");
    }

    private static Value range(List<Value> a) throws FunctionException {
        if (a.isEmpty() || a.size() > 3) {
            throw new FunctionException("must have one, two, or three arguments");
        }
        BigDecimal start = a.size() == 1 ? BigDecimal.ZERO : decimal(a, 0);
        BigDecimal end = decimal(a, a.size() == 1 ? 0 : 1);
        boolean down = end.compareTo(start) < 0;
        BigDecimal step = a.size() == 3 ? decimal(a, 2) : down ? BigDecimal.ONE.negate() : BigDecimal.ONE;
        if (step.signum() == 0) {
            throw new FunctionException(2, "step must not be zero");
        }
        if (down == step.signum() > 0 && end.compareTo(start) != 0) {
            throw new FunctionException(
                    2, down ? "end must be greater than start when step is positive"
                            : "end must be less than start when step is negative");
        }
        List<Value> numbers = new ArrayList<>();
        for (BigDecimal n = start; down ? n.compareTo(end) > 0 : n.compareTo(end) < 0; n = n.add(step)) {
            if (numbers.size() >= MAX_RANGE) {
                throw new FunctionException("more than 1024 values were generated; either decrease the difference between"
                        + " start and end or use a smaller step");
            }
            numbers.add(Value.number(n));
        }
        return Value.list(Type.NUMBER, numbers);
    }
}
