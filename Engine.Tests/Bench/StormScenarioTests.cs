using Engine.Mbufs.Bench;
using Engine.Mbufs.Bench.Storm;
using NUnit.Framework;
using StormCrew = Engine.Mbufs.Bench.Storm.Crew;

namespace Engine.Mbufs.Tests.Bench;

/// <summary>Each scenario, as small as it gets: what it does is right, whatever it costs.</summary>
public sealed class StormScenarioTests
{
    private static readonly StormSettings s_tiny = new(Threads: 4, Limit: 4096, SegmentsMost: 64);

    private static IEnumerable<string> Names() => Scenario.All.Select(static scenario => scenario.Name);

    [TestCaseSource(nameof(Names))]
    public void No_packet_is_lost_doubled_spoiled_or_leaked(string name)
    {
        // Some share an arena: all are there until the last has ended.
        List<StormStep> steps = [.. Scenario.Find(name).Steps(s_tiny)];
        try
        {
            foreach (StormStep step in steps)
            {
                step.Open();
                step.Run(TimeSpan.FromMilliseconds(5));
                step.Run(TimeSpan.FromMilliseconds(5));

                using (Assert.EnterMultipleScope())
                {
                    Assert.That(step.Workers.Sum(static worker => worker.Packets), Is.Positive, $"{step.Name}: nothing done.");
                    Assert.That(step.Workers.Sum(static worker => worker.Wrong), Is.Zero, $"{step.Name}: wrong content.");
                    Assert.That(step.CountWrong(), Is.Zero, $"{step.Name}: lost or doubled.");
                    Assert.That(step.CountLeaked(), Is.Zero, $"{step.Name}: leaked.");
                    Assert.That(step.Audit(), Is.Empty, $"{step.Name}");
                }
            }
        }
        finally
        {
            steps.ForEach(static step => step.Dispose());
        }
    }

    [Test]
    public void Every_series_starts_with_its_least_and_grows()
    {
        foreach (IGrouping<(string, string), StepName> series in Scenario.All
            .SelectMany(static scenario => scenario.Steps(s_tiny))
            .Select(static step => step.Name)
            .GroupBy(static name => (name.Scenario, name.Series)))
        {
            Assert.That(series.Select(static name => name.Value), Is.Ordered.And.Unique, series.Key.ToString());
        }
    }

    [Test]
    public void What_does_not_fit_into_half_of_the_free_memory_is_left_out_and_named()
    {
        StormSettings settings = s_tiny with { Limit = 65_536 };
        var notes = new StringWriter();

        IEnumerable<StormStep> all = Scenario.Find(InFlightStep.Scenario).Steps(settings);
        StormStep[] steps = [.. StormRunner.WithinMemory(all, 64 << 20, notes)];

        using (Assert.EnterMultipleScope())
        {
            Assert.That(steps.Select(static step => step.Name.Value), Is.EqualTo((long[])[1024, 1024, 4096, 4096]));
            Assert.That(notes.ToString(), Does.StartWith("in-flight with 16,384 packets in flight, write64 and more is"));
        }
    }

    [Test]
    public void Exhaustion_is_counted_by_the_arena_as_by_those_who_were_denied()
    {
        using StormStep step = Scenario.Find(ExhaustionStep.Scenario).Steps(s_tiny).First();
        step.Open();

        step.Run(TimeSpan.FromMilliseconds(5));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(step.Workers.Sum(static worker => worker.Denied), Is.Positive);
            Assert.That(step.CountWrong(), Is.Zero);
        }
    }

    [Test]
    public void Growth_is_over_the_first_step_of_the_same_round()
    {
        StormStep[] steps = [.. Scenario.Find(ArenaStep.Scenario).Steps(s_tiny with { Limit = 16_384 }).Take(2)];
        StepFigures[] figures = [.. steps.Select(static step => new StepFigures(step))];
        foreach (StepFigures step in figures)
        {
            step.Step.Open();
            step.Measure(TimeSpan.FromMilliseconds(2));
        }

        StormRow row = figures[1].ToRow(figures[0]);
        Array.ForEach(steps, static step => step.Dispose());

        using (Assert.EnterMultipleScope())
        {
            Assert.That(figures[0].ToRow(figures[0]).Growth, Is.EqualTo(1));
            Assert.That(row.Growth, Is.EqualTo(figures[1].Nanoseconds[0] / figures[0].Nanoseconds[0]).Within(0.001));
            Assert.That(row.IsRight(), Is.True);
        }
    }

    [Test]
    public void A_thread_that_fails_ends_the_step_with_its_reason()
    {
        using var crew = new StormCrew(2, static worker => _ = worker.Number == 1
            ? throw new InvalidOperationException("no ring")
            : SpinWait.SpinUntil(() => worker.IsStopped, TimeSpan.FromSeconds(30)));

        Assert.That(
            () => crew.Run(TimeSpan.FromSeconds(30)),
            Throws.TypeOf<BenchException>().With.Message.Contains("InvalidOperationException: no ring"));
    }
}
