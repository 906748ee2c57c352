package muster.hcl.function;

import static muster.hcl.function.Definitions.any;
import static muster.hcl.function.Definitions.items;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import muster.hcl.Conversion;
import muster.hcl.ConversionException;
import muster.hcl.FunctionException;
import muster.hcl.Type;
import muster.hcl.Value;

/** Sets. */
final class SetFunctions {
    private static final int MAX_PRODUCT = 100_000;

    private SetFunctions() {}

    static void define(Definitions d) {
        d.variadic("setunion", a -> combine(a, TreeSet::addAll), any("first_set"), any("other_sets"));
        d.variadic("setintersection", a -> combine(a, TreeSet::retainAll), any("first_set"), any("other_sets"));
        d.variadic("setproduct", SetFunctions::product, any("sets"));
    }

    private interface Combination {
        void apply(TreeSet<Value> into, TreeSet<Value> other);
    }

    private static Value combine(List<Value> a, Combination combination) throws FunctionException {
        List<Type> types = new ArrayList<>();
        for (int i = 0; i < a.size(); i++) {
            items(a, i).forEach(item -> types.add(item.type()));
        }
        Type element = Conversion.unify(types)
                .orElseThrow(() -> new FunctionException("all sets must have the same element type"));
        TreeSet<Value> result = converted(items(a, 0), element);
        for (int i = 1; i < a.size(); i++) {
            combination.apply(result, converted(items(a, i), element));
        }
        return Value.set(element, result);
    }

    private static TreeSet<Value> converted(List<Value> items, Type element) throws FunctionException {
        TreeSet<Value> set = new TreeSet<>(Value.ORDER);
        try {
            for (Value item : items) {
                set.add(Conversion.convert(item, element));
            }
        } catch (ConversionException e) {
            throw new FunctionException(e.getMessage());
        }
        return set;
    }

    private static Value product(List<Value> a) throws FunctionException {
        if (a.size() < 2) {
            throw new FunctionException("at least two arguments are required");
        }
        List<List<Value>> rows = List.of(List.of());
        boolean sets = true;
        for (int i = 0; i < a.size(); i++) {
            List<Value> items = items(a, i);
            sets &= a.get(i).type() instanceof Type.SetOf;
            if ((long) rows.size() * items.size() > MAX_PRODUCT) {
                throw new FunctionException("the product has more than " + MAX_PRODUCT + " elements");
            }
            List<List<Value>> longer = new ArrayList<>();
            for (List<Value> row : rows) {
                for (Value item : items) {
                    List<Value> next = new ArrayList<>(row);
                    next.add(item);
                    longer.add(next);
                }
            }
            rows = longer;
        }
        List<Value> tuples = rows.stream().map(Value::tuple).toList();
        if (tuples.isEmpty()) {
            return Value.list(Type.ANY, tuples);
        }
        return sets ? Value.set(tuples.getFirst().type(), tuples) : Value.tuple(tuples);
    }
}
