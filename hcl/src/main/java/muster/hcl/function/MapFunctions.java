package muster.hcl.function;

import static muster.hcl.function.Definitions.any;
import static muster.hcl.function.Definitions.entries;
import static muster.hcl.function.Definitions.items;
import static muster.hcl.function.Definitions.list;
import static muster.hcl.function.Definitions.nullable;
import static muster.hcl.function.Definitions.string;
import static muster.hcl.function.Definitions.text;
import static muster.hcl.function.Definitions.textList;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import muster.hcl.Conversion;
import muster.hcl.ConversionException;
import muster.hcl.FunctionException;
import muster.hcl.Type;
import muster.hcl.Value;

/** Maps and objects. */
final class MapFunctions {
    private MapFunctions() {}

    static void define(Definitions d) {
        d.values("keys", a -> textList(new ArrayList<>(entries(a, 0).keySet())), any("inputMap"));
        d.values("values", MapFunctions::valuesOf, any("mapping"));
        d.values("lookup", MapFunctions::lookup, any("inputMap"), text("key"), any("default"));
        d.variadic("merge", MapFunctions::merge, nullable("maps"));
        d.values("zipmap", MapFunctions::zip, list("keys", Type.STRING), any("values"));
    }

    private static Value valuesOf(List<Value> a) throws FunctionException {
        List<Value> values = new ArrayList<>(entries(a, 0).values());
        return a.get(0).type() instanceof Type.MapOf(Type element) ? Value.list(element, values) : Value.tuple(values);
    }

    private static Value lookup(List<Value> a) throws FunctionException {
        if (!(a.get(0) instanceof Value.Mapping)) {
            throw new FunctionException(0, "lookup() requires a map as the first argument");
        }
        Value found = entries(a, 0).get(string(a, 1));
        if (!(a.get(0).type() instanceof Type.MapOf(Type element))) {
            return found == null ? a.get(2) : found;
        }
        try {
            Value otherwise = Conversion.convert(a.get(2), element);
            return found == null ? otherwise : found;
        } catch (ConversionException e) {
            throw new FunctionException(2, "the default value must have the same type as the map elements");
        }
    }

    private static Value merge(List<Value> a) throws FunctionException {
        Map<String, Value> all = new TreeMap<>();
        boolean maps = !a.isEmpty();
        for (int i = 0; i < a.size(); i++) {
            if (!a.get(i).isNull()) {
                all.putAll(entries(a, i));
                maps &= a.get(i).type() instanceof Type.MapOf && a.get(i).type().equals(a.getFirst().type());
            }
        }
        return maps && a.getFirst().type() instanceof Type.MapOf(Type element) ? Value.map(element, all) : Value.object(all);
    }

    private static Value zip(List<Value> a) throws FunctionException {
        List<Value> keys = items(a, 0);
        List<Value> values = items(a, 1);
        if (keys.size() != values.size()) {
            throw new FunctionException(
                    "number of keys (" + keys.size() + ") does not match number of values (" + values.size() + ")");
        }
        Map<String, Value> zipped = new TreeMap<>();
        for (int i = 0; i < keys.size(); i++) {
            if (!(keys.get(i) instanceof Value.Text(String key))) {
                throw new FunctionException(0, "keys must not be null");
            }
            zipped.put(key, values.get(i));
        }
        return a.get(1).type() instanceof Type.ListOf(Type element) ? Value.map(element, zipped) : Value.object(zipped);
    }
}
