package muster.template.language;

import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** One turn of a range: what its two variables are. */
record RangeItem(Slot index, Slot element) {
    /** What a range over this value goes through, in order; empty for a value that can't be ranged over. */
    static Optional<Iterator<RangeItem>> of(Value value) {
        return switch (value) {
            case Value.Nothing ignored -> Optional.of(List.<RangeItem>of().iterator());
            case Value.Nil ignored -> Optional.of(List.<RangeItem>of().iterator());
            case Value.ListValue list -> Optional.of(elements(list));
            case Value.MapValue map -> Optional.of(entries(map));
            case Value.Int number -> Optional.of(integers(number));
            case Value.Bool ignored -> Optional.empty();
            case Value.Text ignored -> Optional.empty();
            case Value.Real ignored -> Optional.empty();
            case Value.Complex ignored -> Optional.empty();
            case Value.Struct ignored -> Optional.empty();
        };
    }

    private static Iterator<RangeItem> elements(Value.ListValue list) {
        Iterator<Value> values = list.items().iterator();
        int[] index = {0};
        return items(values::hasNext,
                () -> new RangeItem(Slot.of(Value.integer(index[0]++)), Slot.element(values.next(), list.element())));
    }

    private static Iterator<RangeItem> entries(Value.MapValue map) {
        Iterator<Map.Entry<Value, Value>> entries = map.entries().entrySet().iterator();
        return items(entries::hasNext, () -> {
            Map.Entry<Value, Value> entry = entries.next();
            return new RangeItem(Slot.element(entry.getKey(), map.key()), Slot.element(entry.getValue(), map.element()));
        });
    }

    private static Iterator<RangeItem> integers(Value.Int limit) {
        long[] next = {0};
        boolean unsigned = limit.type().isUnsigned();
        return items(() -> unsigned ? Long.compareUnsigned(next[0], limit.bits()) < 0 : next[0] < limit.bits(), () -> {
            Slot number = Slot.of(new Value.Int(limit.type(), next[0]++));
            return new RangeItem(number, number);
        });
    }

    private static Iterator<RangeItem> items(BooleanSupplier hasNext, Supplier<RangeItem> next) {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return hasNext.getAsBoolean();
            }

            @Override
            public RangeItem next() {
                return next.get();
            }
        };
    }
}
