package muster.scheduler.state;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;

/** A few scores by name, in two arrays: every allocation keeps those of its five best nodes. Immutable. */
public final class Scores extends AbstractMap<String, Double> {
    private final String[] names;
    private final double[] values;

    /** Takes over both arrays, which nobody may change any more; of one length. */
    public Scores(String[] names, double[] values) {
        this.names = names;
        this.values = values;
    }

    static Scores of(Map<String, Double> map) {
        if (map instanceof Scores scores) {
            return scores;
        }
        String[] names = new String[map.size()];
        double[] values = new double[map.size()];
        int i = 0;
        for (Map.Entry<String, Double> entry : map.entrySet()) {
            names[i] = entry.getKey().intern();
            values[i++] = entry.getValue();
        }
        return new Scores(names, values);
    }

    @Override
    public Set<Map.Entry<String, Double>> entrySet() {
        return new AbstractSet<>() {
            @Override
            public Iterator<Map.Entry<String, Double>> iterator() {
                return new Iterator<>() {
                    private int next;

                    @Override
                    public boolean hasNext() {
                        return next < names.length;
                    }

                    @Override
                    public Map.Entry<String, Double> next() {
                        return new SimpleImmutableEntry<>(names[next], values[next++]);
                    }
                };
            }

            @Override
            public int size() {
                return names.length;
            }
        };
    }
}
