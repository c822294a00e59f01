using System.Text.RegularExpressions;
using System.Xml.Linq;

using Engine.Mbufs.Bench.Report;
using NUnit.Framework;

namespace Engine.Mbufs.Tests.Bench;

public sealed class ReportPageTests
{
    private const string Hostile = "</title><script>alert(1)</script>\" onload=\"x\" &amp; | `\u0001\uD800";

    [Test]
    public void A_page_of_everything_has_well_formed_pictures_with_names()
    {
        string page = ReportPage.Make([.. SampleResults.All().Select(SampleResults.Section)]);

        XElement[] pictures = [.. Regex.Matches(page, "<svg.*?</svg>", RegexOptions.Singleline)
            .Select(static match => XDocument.Parse(match.Value).Root!)];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(pictures, Has.Length.GreaterThanOrEqualTo(5));
            foreach (XElement picture in pictures)
            {
                Assert.That(picture.Attribute("role")?.Value, Is.EqualTo("img"));
                Assert.That(picture.Attribute("aria-label")?.Value, Is.Not.Empty);
                Assert.That(picture.Elements("title").Count(), Is.EqualTo(1));
                Assert.That(picture.Descendants("g").Select(static group => group.Element("title")?.Value), Is.All.Not.Empty);
                Assert.That(Coordinates(picture), Is.All.InRange(-1, 2000), "No point is outside, or nowhere.");
            }
        }
    }

    [Test]
    public void A_page_needs_nothing_but_itself()
    {
        string page = ReportPage.Make([.. SampleResults.All().Select(SampleResults.Section)]);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(page, Does.StartWith("<!DOCTYPE html>\n<html lang=\"en\">"));
            Assert.That(page, Does.Not.Contain("<script").And.Not.Contain("http"));
            Assert.That(page, Does.Not.Contain("src=").And.Not.Contain("@import"));
            Assert.That(page, Does.Contain("prefers-color-scheme: dark"));
            Assert.That(Regex.Matches(page, @"<(td|th|p|code|style|a|div)(\s[^>]*)?/>"), Is.Empty, "HTML wants a tag.");
        }
    }

    [Test]
    public void Text_from_files_is_text_and_nothing_else()
    {
        string[] results =
        [
            SampleResults.Versus(work: Hostile, peer: Hostile),
            SampleResults.Storm(scenario: Hostile, series: Hostile, machine: Hostile),
            SampleResults.Proxy(scenario: Hostile, proxy: Hostile),
            SampleResults.Gate(kernel: Hostile),
        ];

        string page = ReportPage.Make([.. results.Select(SampleResults.Section)]);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(page, Does.Not.Contain("<script"));
            Assert.That(page, Does.Contain("&lt;script&gt;"));
            Assert.That(page, Does.Not.Contain("\u0001"));
            Assert.That(() => XDocument.Parse(page), Throws.Nothing, "All that was not meant as markup is escaped.");
        }
    }

    [Test]
    public void Numbers_that_no_axis_can_show_do_not_break_the_page()
    {
        string storm = SampleResults.Storm().Replace("\"growth\": 1.5", "\"growth\": 0", StringComparison.Ordinal);
        string versus = SampleResults.Versus().Replace("\"ratio_high\": 0.6", "\"ratio_high\": 1e300", StringComparison.Ordinal);

        string page = ReportPage.Make([SampleResults.Section(storm), SampleResults.Section(versus)]);

        Assert.That(page, Does.Not.Contain("NaN").And.Not.Contain("Infinity").And.Not.Contain("∞"));
    }

    [Test]
    public void Sections_say_what_came_out_and_how_to_get_it_again()
    {
        string page = ReportPage.Make([.. SampleResults.All().Select(SampleResults.Section)]);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(page, Does.Contain("Of 1 works with a budget, 1 are within their must, and 0 within their goal."));
            Assert.That(page, Does.Contain("Engine.Bench -- storm --only in-flight"));
            Assert.That(page, Does.Contain("2 operations, 1 grown by more than 2 %."));
            Assert.That(page, Does.Contain("small-64 0.920"));
        }
    }

    private static IEnumerable<double> Coordinates(XElement picture) => picture.Descendants()
        .SelectMany(static shape => shape.Attributes())
        .Where(static attribute =>
            attribute.Name.LocalName is "x" or "y" or "x1" or "x2" or "y1" or "y2" or "cx" or "cy" or "points")
        .SelectMany(static attribute => attribute.Value.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries))
        .Select(static number => double.Parse(number, System.Globalization.CultureInfo.InvariantCulture));
}
