using NUnit.Framework;

namespace Engine.Mbufs.Tests.Model;

/// <summary>Random sequences of all operations, against arrays of bytes. The seed is the test's argument: the same one does the same.</summary>
public sealed class ChurnTests
{
    /// <summary>Settings, seed and steps of a run that is to be done again, as a report of a difference names them.</summary>
    private const string Variable = "CHURN";

    private const int Steps = 6_000;

    [Test]
    public void Every_packet_holds_what_an_array_of_bytes_would([Range(0, 15)] int settings, [Values(1, 2)] int seed)
        => Churn.Run(ChurnSettings.All[settings], seed, Steps);

    /// <summary>
    /// Many steps in the same arena: what is lost a little at a time shows. Steps that found nothing to do are not counted.
    /// <c>dotnet test -c Release --filter A_million_operations_make_no_difference</c>
    /// </summary>
    [Test]
    [Category("Long")]
    public void A_million_operations_make_no_difference()
    {
        const int Million = 1_000_000;
        long operations = 0;
        int steps = Million / ChurnSettings.All.Count;
        for (int i = 0; i < ChurnSettings.All.Count; i++)
        {
            Churn.Run(ChurnSettings.All[i], seed: 1_000 + i, steps, churn => operations += churn.Operations.Sum(
                static operation => Enum.GetValues<Outcome>().Where(static one => one != Outcome.Idle).Sum(operation.CountOf)));
        }

        Assert.That(operations, Is.EqualTo(Million));
    }

    /// <summary>Does again what a report of a difference says; without a report to repeat, something short.</summary>
    [Test]
    public void The_run_that_is_asked_for_makes_no_difference()
    {
        string[] words = (Environment.GetEnvironmentVariable(Variable) ?? "0 3 100").Split(' ');
        Churn.Run(ChurnSettings.All[int.Parse(words[0])], int.Parse(words[1]), int.Parse(words[2]));
    }

    /// <summary>The line that does a run again.</summary>
    internal static string Again(ChurnSettings settings, int seed, int steps)
    {
        int number = ChurnSettings.All.ToList().IndexOf(settings);
        return $"{Variable}=\"{number} {seed} {steps}\" dotnet test -c Release --filter {nameof(The_run_that_is_asked_for_makes_no_difference)}";
    }
}
