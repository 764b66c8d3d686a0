package dev.migrator.test.releases;

import dev.migrator.test.MigrationDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/** Journeys on which the calls of both releases are made one after the other, so that they can be played again. */
final class Interleaved<K> {
    private static final Duration SHRINKING = Duration.ofSeconds(30);

    private final Scene<K> scene;
    private Played played = Played.NOTHING;

    Interleaved(Scene<K> scene) {
        this.scene = scene;
    }

    /** Plays a journey; shrinks it if it fails. */
    Played play(Journey journey) {
        List<Call<K>> calls = calls(journey);
        Optional<String> failure = failure(journey, calls);
        if (failure.isEmpty()) {
            return played;
        }
        List<Call<K>> small =
                new Shrinker<Call<K>>(part -> failure(journey, part).isPresent(), SHRINKING).shrink(calls);
        throw new AssertionError(
                story(journey, small, calls.size(), failure(journey, small).orElse(failure.get())));
    }

    private List<Call<K>> calls(Journey journey) {
        Random random = new Random(scene.seed());
        List<Call<K>> calls = new ArrayList<>();
        for (int stop = 0; stop < journey.stops().size(); stop++) {
            Set<Side> live = Side.liveAt(journey.stop(stop));
            for (int i = 0; i < scene.callsAtEachStop(); i++) {
                calls.add(scene.call(random, stop, live, scene.key(random)));
            }
        }
        return calls;
    }

    private Optional<String> failure(Journey journey, List<Call<K>> calls) {
        int stop = 0;
        try (MigrationDatabase database = scene.suite().createDatabase(scene.server());
                Player<K> player = scene.player(database)) {
            for (; stop < journey.stops().size(); stop++) {
                if (stop > 0) {
                    journey.moveTo(stop, database);
                }
                Set<Side> live = Side.liveAt(journey.stop(stop));
                player.checkAll(live);
                for (Call<K> call : calls) {
                    if (call.stop() == stop) {
                        player.play(call, live);
                    }
                }
            }
            played = new Played(player.statements(), player.slowest());
            return Optional.empty();
        } catch (Disagreement | AssertionError e) {
            return Optional.of("at " + Journey.name(journey.stop(stop)) + ": " + e.getMessage());
        } catch (RuntimeException e) {
            // Of the mapping, or of the releases' own code.
            return Optional.of("at " + Journey.name(journey.stop(stop)) + ": " + e);
        }
    }

    private String story(Journey journey, List<Call<K>> calls, int all, String failure) {
        StringBuilder story = new StringBuilder("Old and new release do not get along in migration %s (seed %d, %s).%n"
                .formatted(scene.suite().migration().id(), scene.seed(), journey));
        story.append("  %s%n".formatted(failure.replace("\n", "\n  ")));
        story.append("Smallest case found, %d of %d calls:%n".formatted(calls.size(), all));
        for (int stop = 0; stop < journey.stops().size(); stop++) {
            int here = stop;
            String made = calls.stream()
                    .filter(call -> call.stop() == here)
                    .map(call -> "    " + call + "\n")
                    .collect(Collectors.joining());
            story.append("  %s%n%s".formatted(Journey.name(journey.stop(stop)), made));
        }
        return story.append("Play it again with seed(%d).".formatted(scene.seed()))
                .toString();
    }

    /**
     * What was played.
     *
     * @param statements how many calls and reads of the releases
     * @param slowest the longest of them
     */
    record Played(int statements, Duration slowest) {
        static final Played NOTHING = new Played(0, Duration.ZERO);

        Played and(Played other) {
            return new Played(
                    statements + other.statements, slowest.compareTo(other.slowest) > 0 ? slowest : other.slowest);
        }
    }
}
