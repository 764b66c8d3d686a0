package dev.migrator.engine;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.*;
import org.junit.jupiter.api.Test;

class CoverageTest {
    @Test
    void count() {
        ExecutorService threads = Executors.newCachedThreadPool();
        Map<String, Integer> counts = new TreeMap<>();
        long total = 0;
        for (long seed = 1; seed <= 500; seed++) {
            Simulation simulation = new Simulation(seed, Sabotage.NONE, true);
            simulation.run(threads);
            total += simulation.trace().size();
            for (String line : simulation.trace()) {
                String l = line.replaceFirst("^\\S+ ", "").replaceFirst("^(last engine|engine \\d|person)", "E").replaceAll("[0-9]+", "#").replaceAll("sim/[0-9a-f#]+", "o");
                int at = l.indexOf("message=");
                if (at > 0) l = l.substring(0, Math.min(l.length(), at+120));
                at = l.indexOf("waiting for");
                l = l.replaceAll("=> Failed\\[position=[^,]*, message=Migration #_full_name", "=> Failed");
                l = l.substring(0, Math.min(l.length(), 150));
                counts.merge(l, 1, Integer::sum);
            }
        }
        int n = (int) total;
        counts.forEach((k, v) -> System.out.println("COUNT " + v + " " + k));
        System.out.println("COUNT total " + n);
        threads.shutdown();
    }
}
