using NUnit.Framework;

namespace Engine.Mbufs.Tests.Fuzzing;

/// <summary>
/// Random programs over the public surface, whose callbacks, routines and visitors enter scopes, throw, free and close. Whatever
/// they do: only exceptions that the pages promise, an end, no access outside of the arena, and nothing lost.
/// </summary>
/// <remarks>
/// <c>ENGINE_FUZZ_SECONDS=600 dotnet test -c Release --filter Programs_go_on</c> tries new seeds for so long;
/// <c>ENGINE_FUZZ="7 12345"</c> with <c>--filter The_program_that_is_asked_for</c> runs settings 7 with seed 12345 again.
/// </remarks>
[Category("Fuzz")]
public sealed class FuzzTests
{
    private const string SecondsVariable = "ENGINE_FUZZ_SECONDS";
    private const string ProgramVariable = "ENGINE_FUZZ";
    private const int Operations = 4_000;

    /// <summary>Much longer than any program takes: one that is not over then hangs.</summary>
    private static readonly TimeSpan s_mostTime = TimeSpan.FromMinutes(2);

    [Test]
    public void A_program_breaks_no_promise([Range(0, 11)] int settings, [Values(1, 2, 3)] int seed) => Run(settings, seed);

    /// <summary>New seeds for as long as is asked for; by default only one.</summary>
    [Test]
    public void Programs_go_on_to_break_no_promise()
    {
        double seconds = double.Parse(Environment.GetEnvironmentVariable(SecondsVariable) ?? "0", System.Globalization.CultureInfo.InvariantCulture);
        DateTime end = DateTime.UtcNow.AddSeconds(seconds);
        int seed = seconds == 0 ? 0 : Environment.TickCount & 0xFF_FFFF;
        do
        {
            int settings = seed % FuzzSettings.All.Count;
            TestContext.Progress.WriteLine($"{ProgramVariable}=\"{settings} {seed}\"");
            Run(settings, seed);
            seed++;
        }
        while (DateTime.UtcNow < end);
    }

    [Test]
    public void The_program_that_is_asked_for_breaks_no_promise()
    {
        string[] words = (Environment.GetEnvironmentVariable(ProgramVariable) ?? "0 1").Split(' ');
        Run(int.Parse(words[0]), int.Parse(words[1]));
    }

    private static void Run(int settings, int seed)
    {
        FuzzSettings chosen = FuzzSettings.All[settings];
        using var world = new FuzzWorld(chosen, seed);
        FuzzActor[] actors = [.. Enumerable.Range(0, chosen.Threads).Select(number => new FuzzActor(world, (seed * 31) + number))];
        Thread[] threads = [.. actors.Select(actor => new Thread(() => Guarded(world, () => actor.Run(Operations))) { IsBackground = true })];
        Array.ForEach(threads, static thread => thread.Start());
        string again = $"{chosen}: {ProgramVariable}=\"{settings} {seed}\"";
        foreach (Thread thread in threads)
        {
            Assert.That(thread.Join(s_mostTime), Is.True, $"{again} does not end.");
        }

        if (world.Failure is null)
        {
            Guarded(world, () => End(world, actors));
        }

        Assert.That(world.Failure, Is.Null, again);
    }

    private static void End(FuzzWorld world, FuzzActor[] actors)
    {
        world.IsQuiet = true;
        Array.ForEach(actors, static actor => actor.End());
        world.Settle();
    }

    private static void Guarded(FuzzWorld world, Action action)
    {
        try
        {
            action();
        }
        catch (Exception exception)
        {
            world.Fail($"{exception}");
        }
    }
}
