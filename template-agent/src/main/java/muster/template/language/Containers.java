package muster.template.language;

import java.util.List;

/** Go's index, slice and len. */
final class Containers {
    private Containers() {}

    static Value length(Value value) {
        return switch (value) {
            case Value.Nothing ignored -> throw new FunctionException("reflect: call of reflect.Value.Type on zero Value");
            case Value.Nil ignored -> throw new FunctionException("len of nil pointer");
            case Value.Text text -> Value.integer(GoText.length(text.value()));
            case Value.ListValue list -> Value.integer(list.items().size());
            case Value.MapValue map -> Value.integer(map.entries().size());
            case Value.Bool ignored -> throw noLength(value);
            case Value.Int ignored -> throw noLength(value);
            case Value.Real ignored -> throw noLength(value);
            case Value.Complex ignored -> throw noLength(value);
            case Value.Struct ignored -> throw noLength(value);
        };
    }

    private static FunctionException noLength(Value value) {
        return new FunctionException("len of type " + value.type().goName());
    }

    static Value index(Value container, List<Value> indexes) {
        if (container.isNil()) {
            throw new FunctionException("index of untyped nil");
        }
        Value item = container;
        for (Value index : indexes) {
            item = indexOne(item, index);
        }
        return item;
    }

    private static Value indexOne(Value container, Value index) {
        return switch (container) {
            case Value.Nothing ignored -> throw new FunctionException("index of nil pointer");
            case Value.Nil ignored -> throw new FunctionException("index of nil pointer");
            case Value.Text text -> {
                byte[] bytes = GoText.bytes(text.value());
                int at = position(index, bytes.length);
                if (at == bytes.length) {
                    throw new FunctionException("reflect: string index out of range");
                }
                yield new Value.Int(Type.Basic.UINT8, bytes[at] & 0xff);
            }
            case Value.ListValue list -> {
                int at = position(index, list.items().size());
                if (at == list.items().size()) {
                    throw new FunctionException("reflect: slice index out of range");
                }
                yield list.items().get(at);
            }
            case Value.MapValue map -> {
                Value found = map.entries().get(mapKey(index, map.key()));
                yield found == null ? map.element().zero() : found;
            }
            case Value.Bool ignored -> throw notIndexable(container);
            case Value.Int ignored -> throw notIndexable(container);
            case Value.Real ignored -> throw notIndexable(container);
            case Value.Complex ignored -> throw notIndexable(container);
            case Value.Struct ignored -> throw notIndexable(container);
        };
    }

    private static FunctionException notIndexable(Value container) {
        return new FunctionException("can't index item of type " + container.type().goName());
    }

    private static Value mapKey(Value index, Type keyType) {
        if (index.isNil()) {
            if (!keyType.canBeNil()) {
                throw new FunctionException("value is nil; should be of type " + keyType.goName());
            }
            return Value.NIL;
        }
        if (keyType == Type.Basic.ANY || index.type().equals(keyType)) {
            return index;
        }
        if (index instanceof Value.Int number && keyType instanceof Type.Basic basic && (basic.isSigned() || basic.isUnsigned())) {
            return new Value.Int(basic, number.bits());
        }
        throw new FunctionException("value has type " + index.type().goName() + "; should be " + keyType.goName());
    }

    /** An index from 0 to {@code limit}, inclusive. */
    private static int position(Value index, int limit) {
        if (index.isNil()) {
            throw new FunctionException("cannot index slice/array with nil");
        }
        if (!(index instanceof Value.Int number)) {
            throw new FunctionException("cannot index slice/array with type " + index.type().goName());
        }
        if (number.bits() < 0 || number.bits() > limit) {
            throw new FunctionException("index out of range: " + number.bits());
        }
        return (int) number.bits();
    }

    static Value slice(Value container, List<Value> indexes) {
        if (container.isNil()) {
            throw new FunctionException("slice of untyped nil");
        }
        if (indexes.size() > 3) {
            throw new FunctionException("too many slice indexes: " + indexes.size());
        }
        int length;
        if (container instanceof Value.Text text) {
            if (indexes.size() == 3) {
                throw new FunctionException("cannot 3-index slice a string");
            }
            length = GoText.length(text.value());
        } else if (container instanceof Value.ListValue list) {
            length = list.items().size();
        } else {
            throw new FunctionException("can't slice item of type " + container.type().goName());
        }
        int[] bounds = {0, length, length};
        for (int i = 0; i < indexes.size(); i++) {
            bounds[i] = position(indexes.get(i), length);
        }
        if (bounds[0] > bounds[1]) {
            throw new FunctionException("invalid slice index: " + bounds[0] + " > " + bounds[1]);
        }
        if (bounds[1] > bounds[2]) {
            throw new FunctionException("invalid slice index: " + bounds[1] + " > " + bounds[2]);
        }
        return container instanceof Value.ListValue list
                ? new Value.ListValue(list.element(), list.items().subList(bounds[0], bounds[1]))
                : Value.text(GoText.slice(((Value.Text) container).value(), bounds[0], bounds[1]));
    }
}
