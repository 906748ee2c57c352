package muster.template.language;

import java.util.List;

/** The evaluated arguments of one call; accessors are for parameters declared with the type in question. */
public final class Arguments {
    /** Executes a template of the same set, for functions that return what a template prints. */
    interface Templates {
        String execute(String name, Value data);
    }

    private final List<Value> values;
    private final Templates templates;

    Arguments(List<Value> values, Templates templates) {
        this.values = List.copyOf(values);
        this.templates = templates;
    }

    public int size() {
        return values.size();
    }

    public List<Value> all() {
        return values;
    }

    public Value get(int index) {
        return values.get(index);
    }

    public Value last() {
        return values.getLast();
    }

    /** A parameter of type {@code string}. */
    public String text(int index) {
        return ((Value.Text) values.get(index)).value();
    }

    /** A parameter of type {@code int}, {@code int64}, {@code uint}… */
    public long integer(int index) {
        return ((Value.Int) values.get(index)).bits();
    }

    /** A parameter of type {@code bool}. */
    public boolean bool(int index) {
        return ((Value.Bool) values.get(index)).value();
    }

    /** A parameter of a list type. */
    public List<Value> list(int index) {
        return ((Value.ListValue) values.get(index)).items();
    }

    /** A parameter of type {@code []string}. */
    public List<String> texts(int index) {
        return list(index).stream().map(item -> ((Value.Text) item).value()).toList();
    }

    /** All of them, where all are of type {@code string}. */
    public List<String> texts() {
        return values.stream().map(value -> ((Value.Text) value).value()).toList();
    }

    /** A parameter of a map type. */
    public Value.MapValue map(int index) {
        return (Value.MapValue) values.get(index);
    }

    /** What the named template of the set prints for the data. Throws {@link FunctionException} if there is none such. */
    public String execute(String name, Value data) {
        return templates.execute(name, data);
    }
}
