using System.Text.Json;

using Engine.Mbufs.Bench;
using Engine.Mbufs.Bench.Storm;
using Engine.Samples.Options;
using NUnit.Framework;

namespace Engine.Mbufs.Tests.Bench;

[NonParallelizable]
public sealed class StormCommandTests
{
    [TestCase("--only", "calm", "There is no scenario 'calm': handover, ")]
    [TestCase("--seconds", "0", "--seconds: '0' is not a number from 1 to 86400")]
    [TestCase("--seconds", null, "--seconds needs a value; write --seconds N")]
    [TestCase("--threads", "x", "--threads: 'x' is not a number from 1 to 32")]
    [TestCase("--limit", "99", "--limit: '99' is not a number from 1024 to ")]
    [TestCase("--json", null, "--json needs a value")]
    [TestCase("--loud", null, "unknown option --loud; --help lists the options")]
    public void A_wrong_command_line_is_told_what_would_be_right(string option, string? value, string message)
    {
        string[] arguments = value is null ? [option] : [option, value];

        Assert.That(() => StormOptions.Parse(arguments), Throws.TypeOf<UsageException>().With.Message.StartsWith(message));
    }

    [Test]
    public void The_help_names_every_scenario_and_option()
    {
        using (Assert.EnterMultipleScope())
        {
            foreach (Scenario scenario in Scenario.All)
            {
                Assert.That(StormOptions.Help, Does.Contain(scenario.Name).And.Contain(scenario.Description));
            }

            foreach (string option in new[] { "--only", "--seconds", "--threads", "--limit", "--quick", "--json" })
            {
                Assert.That(StormOptions.Help, Does.Contain(option));
            }
        }
    }

    [Test]
    public void Results_are_written_with_machine_command_and_rows()
    {
        string path = Path.Combine(TestContext.CurrentContext.WorkDirectory, "storm-test.json");

        int code = Quietly(() => StormCommand.Run(["--only", "exhaustion", "--quick", "--seconds", "1", "--json", path]));

        using var document = JsonDocument.Parse(File.ReadAllText(path));
        File.Delete(path);
        JsonElement root = document.RootElement;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(code, Is.Zero);
            Assert.That(root.GetProperty("kind").GetString(), Is.EqualTo("storm"));
            Assert.That(root.GetProperty("machine").GetProperty("cores").GetInt32(), Is.Positive);
            Assert.That(root.GetProperty("command").GetString(), Does.EndWith("--json storm-test.json"), "No folder.");
            Assert.That(root.GetProperty("rows").GetArrayLength(), Is.EqualTo(3));
            foreach (JsonElement row in root.GetProperty("rows").EnumerateArray())
            {
                Assert.That(row.GetProperty("ns_per_packet").GetDouble(), Is.Positive);
                double median = row.GetProperty("p50_ns").GetDouble();
                Assert.That(row.GetProperty("p999_ns").GetDouble(), Is.GreaterThanOrEqualTo(median));
            }
        }
    }

    [Test]
    public void A_file_that_cannot_be_written_is_named()
    {
        string path = Path.Combine(TestContext.CurrentContext.WorkDirectory, "no such folder", "x.json");

        Assert.That(
            () => ResultFile.Write(path, "storm", [], Array.Empty<StormRow>()),
            Throws.TypeOf<BenchException>().With.Message.Contains(path));
    }

    private static int Quietly(Func<int> run)
    {
        TextWriter output = Console.Out;
        Console.SetOut(TextWriter.Null);
        try
        {
            return run();
        }
        finally
        {
            Console.SetOut(output);
        }
    }
}
