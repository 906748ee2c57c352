package muster.template.language;

/**
 * A value where Go would hold a reflect.Value.
 *
 * @param boxed whether it is held by an {@code interface {}}, which shows in error messages and in what nil means
 */
record Slot(Value value, boolean boxed) {
    /** No argument came through the pipeline. */
    static final Slot ABSENT = new Slot(Value.NOTHING, true);
    /** Go's invalid reflect.Value. */
    static final Slot NOTHING = new Slot(Value.NOTHING, false);

    static Slot of(Value value) {
        return new Slot(value, false);
    }

    /** An element of a container whose elements have this type. */
    static Slot element(Value value, Type elementType) {
        return new Slot(value, elementType == Type.Basic.ANY && value != Value.NOTHING);
    }

    /** Out of its interface; nil in an interface is nothing. */
    Slot unboxed() {
        boolean nil = value instanceof Value.Nil && value.equals(Value.NIL);
        return boxed ? new Slot(nil ? Value.NOTHING : value, false) : this;
    }

    String typeName() {
        return boxed ? Type.Basic.ANY.goName() : value.type().goName();
    }
}
