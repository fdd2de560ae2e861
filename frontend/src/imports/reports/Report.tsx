import type { Report } from "../queries";
import { AlpinebitsInWords } from "./Alpinebits";
import { BundleInWords } from "./Bundle";
import { SitemapInWords } from "./Sitemap";
import { WordpressInWords } from "./Wordpress";

export function ReportInWords({ report }: { report: Report }) {
  switch (report.source) {
    case "wordpress":
      return <WordpressInWords report={report} />;
    case "alpinebits":
      return <AlpinebitsInWords report={report} />;
    case "sitemap":
      return <SitemapInWords report={report} />;
    case "bundle":
      return <BundleInWords report={report} />;
  }
}
